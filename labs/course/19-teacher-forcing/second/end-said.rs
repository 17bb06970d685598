//! The shifted target, and teacher forcing.

use ndarray::{Array1, Array2};

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
    let inputs = std::iter::once(start).chain(sentence.iter().copied()).collect();
    let targets = sentence.iter().copied().chain(std::iter::once(end)).collect();
    (inputs, targets)
}

/// What the decoder says when it is evaluated.
pub fn translate(decoder: Decoder, reference: &Array1<usize>, start: usize, end: usize) -> Array1<usize> {
    let mut said: Vec<usize> = Vec::new();
    let mut heard = start;
    while said.len() < 2 * reference.len() {
        heard = decoder(heard);
        said.push(heard);
        if heard == end {
            break;
        }
    }
    Array1::from(said)
}
