//! The layer of the walkthrough, and what it reads.

use ndarray::{Array2, Array3, arr1, arr2, s};
use rnn::{Elman, ElmanOptions, PassOptions, Recurrent};
use tensor::{Context, Init, Parameters, Real, Tensor, shared};

/// Everything here was worked out with a pocket calculator to six places.
pub const HAND: f64 = 2e-6;

pub const ALPHABET: &[&str] = &["a", "b", "c"];
pub const UNITS: &[&str] = &["unit 1", "unit 2"];

/// What has been read when a state is reached.
pub const READ: &[&str] = &["a", "ab", "abb", "abbc"];

/// The layer of this lecture: I = 3 symbols, H = 2 units.
pub fn layer() -> (Parameters, Elman) {
    let mut parameters = Parameters::new();
    let layer = Elman::new(&mut Init::new(&mut parameters, 1), "l0", 3, 2, ElmanOptions::default());
    for (name, value) in [
        ("weight_ih_l0", shared(arr2(&[[1.0, -1.0, 0.5], [0.0, 2.0, -1.0]]))),
        ("weight_hh_l0", shared(arr2(&[[0.5, 1.0], [-1.0, 0.25]]))),
        ("bias_ih_l0", shared(arr1(&[0.25, -0.5]))),
        ("bias_hh_l0", shared(arr1(&[0.0, 0.25]))),
    ] {
        parameters.set(parameters.find(name).unwrap(), value);
    }
    (parameters, layer)
}

/// A word over the alphabet a, b, c as (1, T, 3): each letter is a vector with one 1.
pub fn word(letters: &str) -> Array3<Real> {
    let mut x = Array3::zeros((1, letters.len(), 3));
    for (t, letter) in letters.bytes().enumerate() {
        x[[0, t, (letter - b'a') as usize]] = 1.0;
    }
    x
}

/// Every state while reading a word, (T, H).
pub fn states(letters: &str) -> Array2<Real> {
    let (parameters, layer) = layer();
    let x = Tensor::constant(word(letters));
    let (ys, _) = layer.forward(&Context::eval(&parameters), &x, &layer.empty(1), PassOptions::default());
    ys.view::<ndarray::Ix3>("walkthrough").slice(s![0, .., ..]).to_owned()
}

pub fn matrix(parameters: &Parameters, name: &str) -> Array2<Real> {
    parameters.get(parameters.find(name).unwrap()).value().to_owned().into_dimensionality().unwrap()
}
