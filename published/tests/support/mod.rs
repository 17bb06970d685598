//! What `transformers` computed with the small published models beside these tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use data::Token;
use ndarray::ArrayD;
use safetensors::{Dtype, SafeTensors};
use tensor::Real;

/// The largest difference that is allowed, absolute.
pub const TOLERANCE: f64 = 1e-4;

/// Where a model stands.
pub fn folder(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).join(name)
}

/// The contents of a model's `expected.safetensors`, by name.
pub struct Outputs {
    /// What was computed.
    pub numbers: BTreeMap<String, ArrayD<Real>>,
    /// Tokens and lengths.
    pub whole: BTreeMap<String, ArrayD<Token>>,
}

impl Outputs {
    pub fn of(name: &str) -> Self {
        let bytes = fs::read(folder(name).join("expected.safetensors")).unwrap();
        let (mut numbers, mut whole) = (BTreeMap::new(), BTreeMap::new());
        for (name, view) in SafeTensors::deserialize(&bytes).unwrap().tensors() {
            if view.dtype() == Dtype::F32 {
                let number = |b: &[u8]| f32::from_le_bytes(b.try_into().unwrap()) as Real;
                let all = view.data().chunks_exact(4).map(number).collect();
                numbers.insert(name, ArrayD::from_shape_vec(view.shape(), all).unwrap());
            } else {
                let number = |b: &[u8]| i64::from_le_bytes(b.try_into().unwrap()) as Token;
                let all = view.data().chunks_exact(8).map(number).collect();
                whole.insert(name, ArrayD::from_shape_vec(view.shape(), all).unwrap());
            }
        }
        Outputs { numbers, whole }
    }
}

/// The largest, or NaN if one is.
pub fn furthest(distances: impl Iterator<Item = f64>) -> f64 {
    distances.fold(0.0, |most, x| if x >= most || x.is_nan() { x } else { most })
}
