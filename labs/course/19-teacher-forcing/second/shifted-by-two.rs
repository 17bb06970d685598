//! The shifted target, and teacher forcing.

use ndarray::{s, Array1, Array2};

/// A decoder that has read a sentence. It is told a token and says the one that it thinks comes next.
pub type Decoder<'a> = &'a mut dyn FnMut(usize) -> usize;

/// Inputs and targets of a language model, in this order.
pub fn shifted(tokens: &Array2<usize>) -> (Array2<usize>, Array2<usize>) {
    let t = tokens.ncols();
    let kept = t.saturating_sub(2);
    let inputs = tokens.slice(s![.., 0..kept]).to_owned();
    let targets = tokens.slice(s![.., t - kept..t]).to_owned();
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
    let mut heard = start;
    (0..2 * reference.len())
        .map(|_| {
            heard = decoder(heard);
            heard
        })
        .take_while(|&said| said != end)
        .collect()
}
