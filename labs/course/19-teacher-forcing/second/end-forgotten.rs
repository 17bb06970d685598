//! The shifted target, and teacher forcing.

use ndarray::{s, Array1, Array2};

/// A decoder that has read a sentence. It is told a token and says the one that it thinks comes next.
pub type Decoder<'a> = &'a mut dyn FnMut(usize) -> usize;

/// Inputs and targets of a language model, in this order.
pub fn shifted(tokens: &Array2<usize>) -> (Array2<usize>, Array2<usize>) {
    let n = tokens.ncols();
    (tokens.slice(s![.., ..n - 1]).to_owned(), tokens.slice(s![.., 1..]).to_owned())
}

/// What a decoder is told in training, and what it should say, in this order.
pub fn teacher_forced(sentence: &Array1<usize>, start: usize, end: usize) -> (Array1<usize>, Array1<usize>) {
    let n = sentence.len();
    let inputs = std::iter::once(&start).chain(sentence).take(n).cloned().collect::<Array1<usize>>();
    let targets = sentence.clone();
    let _ = end;
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
