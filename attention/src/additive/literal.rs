//! Additive attention as it is written down, out of small recorded operations.

use tensor::Tensor;

use crate::Memory;
use crate::look::{Sizes, weigh};

/// Looks back once for each query; the equations stand in the [module above](super). Returns what was read and where
/// it stood: the context and the alignment.
///
/// # Shapes
/// - `h`: (B, T, H), `memory`: (B, S, C) with keys (B, S, A), `w_q`: (A, H), `v`: (A)
/// - returns z (B, T, C) and α (B, T, S)
///
/// # Panics
/// If the shapes do not fit, or a sentence is empty or longer than S.
///
/// The query says nothing here; of the keys 0 and 1, the second gets the score 2·tanh(1) = 1.523188.
/// ```
/// use attention::{Memory, additive::literal};
/// use ndarray::{arr1, arr2, arr3};
/// use tensor::{Tensor, check::assert_close};
///
/// let states = Tensor::constant(arr3(&[[[10.0], [20.0], [99.0]]])); // the third position is padding
/// let keys = Tensor::constant(arr3(&[[[0.0], [1.0], [5.0]]]));
/// let memory = Memory { states, keys, lengths: vec![2] };
/// let h = Tensor::constant(arr3(&[[[3.0]]]));
/// let (w_q, v) = (Tensor::constant(arr2(&[[0.0]])), Tensor::constant(arr1(&[2.0])));
/// let [z, alignment] = literal::attend(&h, &memory, &w_q, &v);
/// assert_close("α", alignment.value(), &arr3(&[[[0.1789925, 0.8210075, 0.0]]]).into_dyn(), 1e-6);
/// assert_close("z", z.value(), &arr3(&[[[18.210075]]]).into_dyn(), 1e-6);
/// ```
#[track_caller]
pub fn attend(h: &Tensor, memory: &Memory, w_q: &Tensor, v: &Tensor) -> [Tensor; 2] {
    let Sizes { batch, queries, positions, width, .. } = Sizes::additive(h, memory, w_q, v);
    // ANCHOR: scores
    let q = h.linear(w_q, None).reshape(&[batch, queries, 1, width]); // (B, T, 1, A)
    let keys = memory.keys.within(&memory.lengths).reshape(&[batch, 1, positions, width]); // (B, 1, S, A)
    let hidden = (&q + &keys).tanh(); // (B, T, S, A)
    let scores = hidden.linear(&v.reshape(&[1, width]), None); // (B, T, S, 1)
    weigh(&scores.reshape(&[batch, queries, positions]), memory)
    // ANCHOR_END: scores
}
