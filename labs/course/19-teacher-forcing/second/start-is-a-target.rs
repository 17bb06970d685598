//! The shifted target, and teacher forcing.

use ndarray::{s, Array1, Array2};

/// A decoder that has read a sentence. It is told a token and says the one that it thinks comes next.
pub type Decoder<'a> = &'a mut dyn FnMut(usize) -> usize;

/// Inputs and targets of a language model, in this order.
pub fn shifted(tokens: &Array2<usize>) -> (Array2<usize>, Array2<usize>) {
    let (b, t) = tokens.dim();
    let inputs = Array2::from_shape_fn((b, t - 1), |(i, j)| tokens[[i, j]]);
    let targets = Array2::from_shape_fn((b, t - 1), |(i, j)| tokens[[i, j + 1]]);
    (inputs, targets)
}

/// What a decoder is told in training, and what it should say, in this order.
pub fn teacher_forced(sentence: &Array1<usize>, start: usize, end: usize) -> (Array1<usize>, Array1<usize>) {
    let _ = end;
    let t = sentence.len();
    let mut inputs = Array1::from_elem(t + 1, start);
    inputs.slice_mut(s![1..]).assign(sentence);
    let mut targets = Array1::from_elem(t + 1, start);
    targets.slice_mut(s![1..]).assign(sentence);
    (inputs, targets)
}

/// What the decoder says when it is evaluated.
pub fn translate(decoder: Decoder, reference: &Array1<usize>, start: usize, end: usize) -> Array1<usize> {
    let mut said = Vec::new();
    let mut last = start;
    while said.len() < 2 * reference.len() {
        last = decoder(last);
        if last == end {
            break;
        }
        said.push(last);
    }
    Array1::from(said)
}
