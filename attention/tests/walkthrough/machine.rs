//! The decoder of the walkthrough, and the states that it looks at.

use attention::{Decoder, DecoderConfig, Memory, Score};
use ndarray::{Array3, Ix3, arr1, arr2, arr3};
use tensor::{Context, Init, Parameters, Tensor, shared};

/// Everything here was worked out by hand to six places.
pub const HAND: f64 = 3e-6;

/// The same, relative to numbers below a tenth.
pub const SMALL: f64 = 1e-5;

pub const WORDS: &[&str] = &["word 1", "word 2", "word 3"];
pub const UNITS: &[&str] = &["unit 1", "unit 2"];

/// The states of an encoder that has read three words, C = 2.
pub fn states() -> Array3<tensor::Real> {
    arr3(&[[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5]]])
}

/// H = C = A = E = 2, so the LSTM has 4H = 8 rows, which read the word and the context, E + C = 4 columns.
pub fn machine() -> (Parameters, Decoder) {
    let mut parameters = Parameters::new();
    let (score, start) = (Score::Additive, Default::default());
    let config = DecoderConfig { input: 2, hidden: 2, states: 2, score, width: 2, input_feeding: false, start };
    let decoder = Decoder::new(&mut Init::new(&mut parameters, 1), config);
    let w_ih = arr2(&[
        [1.0, 0.0, 0.5, 0.0],
        [0.0, 1.0, 0.0, 0.5],
        [0.5, 0.5, 0.0, 1.0],
        [0.0, 0.0, 1.0, 0.0],
        [-1.0, 1.0, 2.0, 0.0],
        [1.0, -1.0, 0.0, 2.0],
        [0.0, 0.5, 1.0, 1.0],
        [0.5, 0.0, -1.0, 1.0],
    ]);
    let w_hh =
        arr2(&[[0.5, 0.0], [0.0, 0.5], [1.0, 0.0], [0.0, 1.0], [0.0, -1.0], [1.0, 0.0], [0.5, 0.5], [-0.5, 0.5]]);
    for (name, value) in [
        ("attention.query.weight", shared(arr2(&[[2.0, 0.0], [-1.0, 1.0]]))),
        ("attention.key.weight", shared(arr2(&[[1.0, -1.0], [0.5, 1.0]]))),
        ("attention.v", shared(arr1(&[1.0, 2.0]))),
        ("weight_ih_l0", shared(w_ih)),
        ("weight_hh_l0", shared(w_hh)),
        ("bias_ih_l0", shared(arr1(&[0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]))),
        ("bias_hh_l0", shared(arr1(&[0.0; 8]))),
    ] {
        parameters.set(parameters.find(name).unwrap(), value);
    }
    (parameters, decoder)
}

pub fn memory(cx: &Context<'_>, decoder: &Decoder, length: usize) -> Memory {
    decoder.memory(cx, Tensor::constant(states()), vec![length])
}

/// The query: the state of a decoder before its next word.
pub fn h() -> Tensor {
    Tensor::constant(arr3(&[[[0.5, -0.5]]]))
}

pub fn numbers(x: &Tensor) -> Array3<tensor::Real> {
    x.view::<Ix3>("walkthrough").to_owned()
}
