//! The scores of additive attention over plain slices, and the way back.
//!
//! The hidden layer tanh(q + k_j) of S·A numbers for every query is kept nowhere: the way back computes it again.

use tensor::Real;
use tensor::kernels::dot;
use tensor::kernels::elementwise::tanh;

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
