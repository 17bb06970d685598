//! Multiplicative attention as one operation.

use tensor::{Real, Tensor};

use crate::Memory;
use crate::look::{self, Sizes};

/// The context z and the alignment α of every query, by the equations of the [parent module](super): the scores are
/// `factor` · hᵀk. The same numbers as the literal form gives, in one operation that keeps no scores for its backward pass.
///
/// # Shapes
/// - `h`: the queries, (B, T, H); `memory`: the states that are looked at, (B, S, C), with keys (B, S, H)
/// - `factor`: what the scores are multiplied by before the softmax, such as 1/√H
/// - returns z (B, T, C) and α (B, T, S)
///
/// # Panics
/// If B, S or H of queries and memory differ, or a source sentence is empty or longer than S.
#[track_caller]
pub fn attend(h: &Tensor, memory: &Memory, factor: Real) -> [Tensor; 2] {
    let additive = None; // Only additive attention has weights of its own here.
    look::attend(Sizes::multiplicative(h, memory), h, memory, additive, factor)
}
