//! Multiplicative attention as one operation, and its scores over plain slices.

use tensor::kernels::dot;
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

/// e_j = factor · q · k_j for every key of a sentence.
///
/// # Shapes
/// - `query`: (A), `keys`: (L, A), `scores`: (L)
pub(crate) fn scores(query: &[Real], keys: &[Real], factor: Real, scores: &mut [Real]) {
    for (score, key) in scores.iter_mut().zip(keys.chunks_exact(query.len())) {
        *score = factor * dot(query, key);
    }
}

/// The same backwards: adds to the gradients of the query and the keys.
///
/// # Shapes
/// - `query`, `dquery`: (A), `keys`, `dkeys`: (L, A), `dscores`: (L)
pub(crate) fn scores_backward(
    [query, keys]: [&[Real]; 2],
    factor: Real,
    dscores: &[Real],
    [dquery, dkeys]: [&mut [Real]; 2],
) {
    let width = query.len();
    for ((key, dkey), de) in keys.chunks_exact(width).zip(dkeys.chunks_exact_mut(width)).zip(dscores) {
        // e = factor·q·k, so dq = factor·de·k and dk = factor·de·q
        let de = factor * de;
        dquery.iter_mut().zip(key).for_each(|(dq, k)| *dq += de * k);
        dkey.iter_mut().zip(query).for_each(|(dk, q)| *dk += de * q);
    }
}
