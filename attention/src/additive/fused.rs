//! Additive attention as one operation.

use tensor::Tensor;

use crate::Memory;
use crate::look::{self, Sizes};

/// Looks back once for each query; the equations stand in the [module above](super). Returns what was read and where
/// it stood: the context and the alignment.
///
/// # Shapes
/// - `h`: (B, T, H), `memory`: (B, S, C) with keys (B, S, A), `w_q`: (A, H), `v`: (A)
/// - returns z (B, T, C) and α (B, T, S)
///
/// # Panics
/// If the shapes do not fit, or a sentence is empty or longer than S.
#[track_caller]
pub fn attend(h: &Tensor, memory: &Memory, w_q: &Tensor, v: &Tensor) -> [Tensor; 2] {
    let sizes = Sizes::additive(h, memory, w_q, v);
    look::attend(sizes, &h.linear(w_q, None), memory, Some(v), 1.0)
}
