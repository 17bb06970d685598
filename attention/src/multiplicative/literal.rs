//! Multiplicative attention as it is written down, out of small recorded operations.

use tensor::{Real, Tensor};

use crate::Memory;
use crate::look::{Sizes, weigh};

/// Looks back once for each query; the equations stand in the [module above](super). Returns what was read and where
/// it stood: the context and the alignment.
///
/// # Shapes
/// - `h`: (B, T, H), `memory`: (B, S, C) with keys (B, S, H)
/// - returns z (B, T, C) and α (B, T, S)
///
/// # Panics
/// If the shapes do not fit, or a sentence is empty or longer than S.
///
/// Of the keys 0 and ln 3 the query 1 weighs the second three times as much; the third position is padding.
/// ```
/// use attention::{Memory, multiplicative::literal};
/// use ndarray::arr3;
/// use tensor::{Tensor, check::assert_close};
///
/// let states = Tensor::constant(arr3(&[[[10.0], [20.0], [99.0]]]));
/// let keys = Tensor::constant(arr3(&[[[0.0], [1.0986122886681098], [5.0]]]));
/// let memory = Memory { states, keys, lengths: vec![2] };
/// let [z, alignment] = literal::attend(&Tensor::constant(arr3(&[[[1.0]]])), &memory, 1.0);
/// assert_close("α", alignment.value(), &arr3(&[[[0.25, 0.75, 0.0]]]).into_dyn(), 1e-6);
/// assert_close("z", z.value(), &arr3(&[[[17.5]]]).into_dyn(), 1e-6);
/// ```
#[track_caller]
pub fn attend(h: &Tensor, memory: &Memory, factor: Real) -> [Tensor; 2] {
    Sizes::multiplicative(h, memory);
    // ANCHOR: scores
    let scores = h.matmul(&memory.keys.within(&memory.lengths).permute(&[0, 2, 1])); // (B, T, S)
    let scores = if factor == 1.0 { scores } else { scores.scale(factor) };
    weigh(&scores, memory)
    // ANCHOR_END: scores
}
