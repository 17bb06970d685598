//! A small translator, and sentences of different lengths for it.

use data::pairs::PairBatch;
use tensor::check::random_tensor;
use tensor::{Init, Parameters, Real};
use transformer::{BlockConfig, Norm, Positions, Transformer, TransformerConfig};

/// What two orders of summation may differ by, relative to the largest element.
pub const EXACT: f64 = if size_of::<Real>() == 8 { 1e-12 } else { 1e-5 };

/// Three pairs of sentences: S = 6 and T = 5, padded.
pub fn batch() -> PairBatch {
    PairBatch::new(&[(&[3, 4, 5, 6, 7, 8], &[5, 4]), (&[8, 8, 3], &[6, 3, 4, 7]), (&[4], &[8])])
}

/// A model of two layers with weights so large that every token matters.
pub fn loud(norm: Norm, positions: Positions) -> (Parameters, Transformer) {
    let mut config = TransformerConfig::new(9, 9, 2, 12, 2);
    config.block = BlockConfig { norm, ..config.block };
    config.positions = positions;
    let mut parameters = Parameters::new();
    let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).expect("possible");
    let ids: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    for (id, name) in ids {
        let value = parameters.get(id).value() + &(random_tensor(parameters.get(id).value().shape(), 1, &name) * 0.3);
        parameters.set(id, value.into_shared());
    }
    (parameters, model)
}
