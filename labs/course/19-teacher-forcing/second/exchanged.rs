//! The shifted target, and teacher forcing.

use ndarray::{Array1, Array2, Axis};

/// A decoder that has read a sentence. It is told a token and says the one that it thinks comes next.
pub type Decoder<'a> = &'a mut dyn FnMut(usize) -> usize;

/// Inputs and targets of a language model, in this order.
pub fn shifted(tokens: &Array2<usize>) -> (Array2<usize>, Array2<usize>) {
    let (first, _) = tokens.view().split_at(Axis(1), tokens.ncols() - 1);
    let (_, rest) = tokens.view().split_at(Axis(1), 1);
    (rest.to_owned(), first.to_owned())
}

/// What a decoder is told in training, and what it should say, in this order.
pub fn teacher_forced(sentence: &Array1<usize>, start: usize, end: usize) -> (Array1<usize>, Array1<usize>) {
    let n = sentence.len();
    let inputs = Array1::from_shape_fn(n + 1, |i| if i == 0 { start } else { sentence[i - 1] });
    let targets = Array1::from_shape_fn(n + 1, |i| if i == n { end } else { sentence[i] });
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
