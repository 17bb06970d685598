//! Attention of one query, the newest position of a text, over the keys and values that were kept.
//!
//! - `q`, `y`: (D), `k`, `v`: (S, D), row after row; head n has the columns n·d_k..(n+1)·d_k of each
//!
//! Keys and values are read once, in the order in which they lie in memory, all heads of a position before the next one.

use tensor::Real;
use tensor::kernels::{dot_of_row, softmax_row};

/// y = softmax(q·kᵀ/√d_k)·v in every head; nothing is hidden.
pub(crate) fn attend(y: &mut [Real], q: &[Real], k: &[Real], v: &[Real], heads: usize) {
    let (width, keys) = (q.len() / heads, k.len() / q.len());
    let scale = 1.0 / (width as Real).sqrt();
    let mut weights = vec![0.0; heads * keys]; // (N, S)
    for (s, k) in k.chunks_exact(q.len()).enumerate() {
        for (n, (q, k)) in q.chunks_exact(width).zip(k.chunks_exact(width)).enumerate() {
            weights[n * keys + s] = scale * dot_of_row(q, k);
        }
    }
    weights.chunks_exact_mut(keys).for_each(|weights| {
        softmax_row(weights);
    });
    y.fill(0.0);
    for (s, v) in v.chunks_exact(q.len()).enumerate() {
        for (n, (y, v)) in y.chunks_exact_mut(width).zip(v.chunks_exact(width)).enumerate() {
            let weight = weights[n * keys + s];
            y.iter_mut().zip(v).for_each(|(y, v)| *y += weight * v);
        }
    }
}
