//! Additive attention as one operation, and its scores over plain slices.
//!
//! The hidden layer tanh(q + k_j) of S·A numbers for every query is kept nowhere: the way back computes it again.

use tensor::kernels::dot;
use tensor::kernels::elementwise::tanh;
use tensor::{Real, Tensor};

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

/// e_j = v · tanh(q + k_j) for every key of a sentence; `hidden` is written over.
///
/// # Shapes
/// - `query`, `v`, `hidden`: (A), `keys`: (L, A), `scores`: (L)
// ANCHOR: scores
pub(crate) fn scores(query: &[Real], keys: &[Real], v: &[Real], scores: &mut [Real], hidden: &mut [Real]) {
    for (score, key) in scores.iter_mut().zip(keys.chunks_exact(v.len())) {
        for ((hidden, q), k) in hidden.iter_mut().zip(query).zip(key) {
            *hidden = tanh(q + k);
        }
        *score = dot(v, hidden);
    }
}
// ANCHOR_END: scores

/// The same backwards: adds to the gradients of the query, the keys and v; `hidden` is written over.
///
/// # Shapes
/// - `query`, `v`, `dquery`, `dv`, `hidden`: (A), `keys`, `dkeys`: (L, A), `dscores`: (L)
// ANCHOR: scores_backward
pub(crate) fn scores_backward(
    [query, keys, v]: [&[Real]; 3],
    dscores: &[Real],
    [dquery, dkeys, dv]: [&mut [Real]; 3],
    hidden: &mut [Real],
) {
    let width = v.len();
    for ((key, dkey), &de) in keys.chunks_exact(width).zip(dkeys.chunks_exact_mut(width)).zip(dscores) {
        // e = v · hidden, so dv = de·hidden and dhidden = de·v
        for ((hidden, q), k) in hidden.iter_mut().zip(query).zip(key) {
            *hidden = tanh(q + k);
        }
        dv.iter_mut().zip(&*hidden).for_each(|(dv, hidden)| *dv += de * hidden);
        // hidden = tanh(q + k), so dq = dk = dhidden·(1 - hidden²)
        hidden.iter_mut().zip(v).for_each(|(hidden, v)| *hidden = de * v * (1.0 - *hidden * *hidden));
        dquery.iter_mut().zip(&*hidden).for_each(|(dq, d)| *dq += d);
        dkey.iter_mut().zip(&*hidden).for_each(|(dk, d)| *dk += d);
    }
}
// ANCHOR_END: scores_backward
