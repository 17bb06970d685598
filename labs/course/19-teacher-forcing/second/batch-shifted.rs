//! The shifted target, and teacher forcing.

use ndarray::{s, Array1, Array2};

/// A decoder that has read a sentence. It is told a token and says the one that it thinks comes next.
pub type Decoder<'a> = &'a mut dyn FnMut(usize) -> usize;

/// Inputs and targets of a language model, in this order.
pub fn shifted(tokens: &Array2<usize>) -> (Array2<usize>, Array2<usize>) {
    let inputs = tokens.slice(s![..tokens.nrows() - 1, ..]).into_owned();
    let targets = tokens.slice(s![1.., ..]).into_owned();
    (inputs, targets)
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
