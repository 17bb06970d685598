//! The scores of multiplicative attention over plain slices, and the way back.

use tensor::Real;
use tensor::kernels::dot;

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
