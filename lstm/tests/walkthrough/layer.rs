//! The LSTM of the walkthrough, and what it reads.

use lstm::{Lstm, LstmInit, Trace, trace};
use ndarray::{Array3, arr1, arr2};
use rnn::Recurrent;
use tensor::{Array, Context, Init, Parameters, Real, Tensor, shared};

/// Everything here was worked out with a pocket calculator to six places.
pub const HAND: f64 = 3e-6;

pub const ALPHABET: &[&str] = &["a", "b", "c"];
pub const UNITS: &[&str] = &["unit 1", "unit 2"];
pub const GATES: &[&str] = &["i 1", "i 2", "f 1", "f 2", "g 1", "g 2", "o 1", "o 2"];

/// The LSTM of this lecture: I = 3 symbols, H = 2 units, so 4H = 8 rows, two for each gate.
pub fn layer() -> (Parameters, Lstm) {
    let mut parameters = Parameters::new();
    let layer = Lstm::new(&mut Init::new(&mut parameters, 1), "l0", 3, 2, LstmInit::Uniform);
    let w_ih = arr2(&[
        [2.0, -1.0, -2.0],
        [0.5, 1.0, -1.0],
        [1.0, 2.0, 0.0],
        [0.0, -1.0, 2.0],
        [1.5, -0.5, 0.5],
        [-1.0, 1.0, 0.25],
        [0.0, 1.0, 2.0],
        [1.0, -0.5, 0.0],
    ]);
    let w_hh =
        arr2(&[[0.5, -0.25], [1.0, 0.0], [0.0, 0.5], [-0.5, 0.25], [0.25, 1.0], [-1.0, 0.5], [1.0, -0.5], [0.0, 0.75]]);
    let b_ih = arr1(&[0.0, -0.5, 1.0, 1.0, 0.0, 0.25, 0.0, 0.5]);
    let b_hh = arr1(&[0.0, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, -0.25]);
    set(&mut parameters, [shared(w_ih), shared(w_hh), shared(b_ih), shared(b_hh)]);
    (parameters, layer)
}

pub fn set(parameters: &mut Parameters, values: [Array; 4]) {
    for (name, value) in ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"].into_iter().zip(values) {
        parameters.set(parameters.find(name).unwrap(), value);
    }
}

/// A word over the alphabet a, b, c as (1, T, 3): each letter is a vector with one 1.
pub fn word(letters: &str) -> Array3<Real> {
    let mut x = Array3::zeros((1, letters.len(), 3));
    for (t, letter) in letters.bytes().enumerate() {
        x[[0, t, (letter - b'a') as usize]] = 1.0;
    }
    x
}

/// What the gates do while a word is read.
pub fn gates(letters: &str) -> Trace {
    let (parameters, layer) = layer();
    trace(&layer, &Context::eval(&parameters), &Tensor::constant(word(letters)))
}
