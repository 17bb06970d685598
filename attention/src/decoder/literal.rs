//! The attending decoder as it is written down: one step after another, out of small recorded operations.

use lstm::lstm::literal;
use rnn::{Input, PassOptions};
use tensor::{Tensor, concat};

use super::{Decoded, DecoderState, DecoderWeights, Sizes};
use crate::{Form, Memory};

/// Reads the translation so far; the equations stand in the [module above](super).
///
/// # Shapes
/// - `x`: (B, T, E), or rows of a table (V, E) by their numbers (B, T); `memory`: (B, S, C)
///
/// # Panics
/// If the shapes do not fit, T is 0, or a sentence is empty or longer than S.
#[track_caller]
pub fn forward(x: Input<'_>, memory: &Memory, state: &DecoderState, weights: &DecoderWeights) -> Decoded {
    let Sizes { look, hidden, .. } = Sizes::check(x, memory, state, weights);
    let one_step = [look.batch, 1, hidden];
    // ANCHOR: steps
    let x = x.vectors(); // (B, T, E)
    let DecoderState { mut h, mut c, mut attentional } = state.clone();
    let (mut ys, mut alignments) = (vec![], vec![]);
    for t in 0..look.queries {
        // (B, 1, C), (B, 1, S)
        let [z, alignment] = weights.scoring.attend(&h.reshape(&one_step), memory, Form::Literal);
        let fed = attentional.as_ref().map(|vector| vector.reshape(&one_step)); // (B, 1, H)
        let x_t = x.slice(1, t..t + 1); // (B, 1, E)
        let read: Vec<&Tensor> = [&x_t, &z].into_iter().chain(&fed).collect();
        let read = Input::Vectors(&concat(2, &read)); // (B, 1, I)
        [_, h, c] = literal::forward(read, &h, &c, &weights.cell, PassOptions::default());
        let h_t = h.reshape(&one_step);
        attentional = weights.w_c.as_ref().map(|w_c| concat(2, &[&z, &h_t]).linear(w_c, None).tanh());
        ys.push(attentional.clone().unwrap_or(h_t)); // (B, 1, H)
        alignments.push(alignment);
    }
    // ANCHOR_END: steps
    let [ys, alignment] = [ys, alignments].map(|steps| concat(1, &steps.iter().collect::<Vec<_>>()));
    let attentional = attentional.map(|vector| vector.reshape(&[look.batch, hidden]));
    Decoded { ys, alignment, state: DecoderState { h, c, attentional } }
}
