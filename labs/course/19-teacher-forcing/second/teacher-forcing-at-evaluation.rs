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
    let mut inputs = vec![start];
    inputs.extend(sentence.iter());
    let mut targets = sentence.to_vec();
    targets.push(end);
    (Array1::from(inputs), Array1::from(targets))
}

/// What the decoder says when it is evaluated.
pub fn translate(decoder: Decoder, reference: &Array1<usize>, start: usize, end: usize) -> Array1<usize> {
    let (told, _) = teacher_forced(reference, start, end);
    let mut said = vec![];
    for &token in &told {
        let next = decoder(token);
        if next == end {
            break;
        }
        said.push(next);
    }
    said.into_iter().collect()
}
