//! The shifted target, and teacher forcing.

use ndarray::{Array1, Array2};

/// A decoder that has read a sentence. It is told a token and says the one that it thinks comes next.
pub type Decoder<'a> = &'a mut dyn FnMut(usize) -> usize;

/// Inputs and targets of a language model, in this order.
pub fn shifted(tokens: &Array2<usize>) -> (Array2<usize>, Array2<usize>) {
    let length = tokens.ncols() - 1;
    let mut inputs = Array2::zeros((tokens.nrows(), length));
    let mut targets = Array2::zeros((tokens.nrows(), length));
    for b in 0..tokens.nrows() {
        for t in 0..length {
            inputs[[b, t]] = tokens[[b, t]];
            targets[[b, t]] = tokens[[b, t]];
        }
    }
    (inputs, targets)
}

/// What a decoder is told in training, and what it should say, in this order.
pub fn teacher_forced(sentence: &Array1<usize>, start: usize, end: usize) -> (Array1<usize>, Array1<usize>) {
    let mut inputs = vec![start];
    inputs.extend(sentence.iter());
    let mut targets = sentence.to_vec();
    targets.push(end);
    (Array1::from(inputs), Array1::from(targets))
}

/// What the decoder says when it is evaluated.
pub fn translate(decoder: Decoder, reference: &Array1<usize>, start: usize, end: usize) -> Array1<usize> {
    let mut result = Vec::new();
    let mut token = start;
    for _ in 0..2 * reference.len() {
        token = decoder(token);
        if token == end {
            return Array1::from_vec(result);
        }
        result.push(token);
    }
    Array1::from_vec(result)
}
