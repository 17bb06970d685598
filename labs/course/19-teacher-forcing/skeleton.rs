//! The shifted target, and teacher forcing (Williams & Zipser 1989).
//!
//! A language model is asked for the next token at every place. So its targets are its inputs, one place on:
//!
//! ```text
//! tokens    t0 t1 t2 t3
//! inputs    t0 t1 t2
//! targets   t1 t2 t3
//! ```
//!
//! A decoder has to say a sentence y0 y1 y2 and then that it ends. In training it is told the right token before each, whatever it has said
//! itself:
//!
//! ```text
//! inputs    start y0 y1 y2
//! targets   y0    y1 y2 end
//! ```
//!
//! When it translates nobody can tell it. It begins with the start token and hears what it has said itself.

use ndarray::{Array1, Array2};

/// A decoder that has read a sentence. It is told a token and says the one that it thinks comes next.
pub type Decoder<'a> = &'a mut dyn FnMut(usize) -> usize;

/// Inputs and targets of a language model, in this order.
///
/// # Shapes
/// - `tokens`: (B, T); returns (B, T - 1) and (B, T - 1)
pub fn shifted(tokens: &Array2<usize>) -> (Array2<usize>, Array2<usize>) {
    todo!()
}

/// What a decoder is told in training, and what it should say, in this order.
///
/// # Shapes
/// - `sentence`: (T); returns (T + 1) and (T + 1)
pub fn teacher_forced(sentence: &Array1<usize>, start: usize, end: usize) -> (Array1<usize>, Array1<usize>) {
    todo!()
}

/// What the decoder says when it is evaluated: up to the end token, which is not part of it, and at most twice as many tokens as
/// the reference has.
///
/// # Shapes
/// - `reference`: (T); returns at most (2T)
pub fn translate(decoder: Decoder, reference: &Array1<usize>, start: usize, end: usize) -> Array1<usize> {
    todo!()
}
