//! Multiplicative attention as one operation.

use tensor::{Real, Tensor};

use crate::Memory;
use crate::look::{self, Sizes};

/// Looks back once for each query; the equations stand in the [module above](super). Returns what was read and where
/// it stood: the context and the alignment.
///
/// # Shapes
/// - `h`: (B, T, H), `memory`: (B, S, C) with keys (B, S, H)
/// - returns z (B, T, C) and α (B, T, S)
///
/// # Panics
/// If the shapes do not fit, or a sentence is empty or longer than S.
#[track_caller]
pub fn attend(h: &Tensor, memory: &Memory, factor: Real) -> [Tensor; 2] {
    look::attend(Sizes::multiplicative(h, memory), h, memory, None, factor)
}
