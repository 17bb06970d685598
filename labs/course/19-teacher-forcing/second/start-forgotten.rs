//! The shifted target, and teacher forcing.

use ndarray::{s, Array1, Array2};

/// A decoder that has read a sentence. It is told a token and says the one that it thinks comes next.
pub type Decoder<'a> = &'a mut dyn FnMut(usize) -> usize;

/// Inputs and targets of a language model, in this order.
pub fn shifted(tokens: &Array2<usize>) -> (Array2<usize>, Array2<usize>) {
    let inputs = tokens.slice(s![.., ..-1]);
    let targets = tokens.slice(s![.., 1..]);
    (inputs.to_owned(), targets.to_owned())
}

/// What a decoder is told in training, and what it should say, in this order.
pub fn teacher_forced(sentence: &Array1<usize>, start: usize, end: usize) -> (Array1<usize>, Array1<usize>) {
    let _ = start;
    let mut all = Array1::zeros(sentence.len() + 1);
    for (i, &token) in sentence.iter().enumerate() {
        all[i] = token;
    }
    all[sentence.len()] = end;
    (all.clone(), all)
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
