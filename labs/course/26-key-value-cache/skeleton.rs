//! The key-value cache.
//!
//! A causal model that writes makes one token after another. What comes later changes nothing of what was computed for the positions before, so
//! their keys and values are kept, and each new token costs one position in place of all of them.
//!
//! The model here has one layer of attention. X are the vectors of T new tokens, and the cache holds S positions that were read before:
//!
//! ```text
//! X'_t = X_t + P_(S + t)                                        the places go on where the cache ends
//! Q = X' W_qᵀ      K = X' W_kᵀ      V = X' W_vᵀ
//! keys   = [cached keys, K]          values = [cached values, V]         kept for what is to come, (S + T, ..)
//! Y = softmax(Q·keysᵀ / √d + mask)·values                       position t sees all that were cached, and the new ones up to itself
//! Z = Y W_oᵀ                                                    row t has the scores of the token that follows position t
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | X | vectors of the new tokens: rows of the table E | (T, D) |
//! | E | `table`, a vector for each of N tokens | (N, D) |
//! | P | `places`, a vector for each place in the text | (C, D), C more than enough |
//! | W_q, W_k, W_v | weights | (d, D), (d, D), (e, D) |
//! | W_o | weights of the scores | (N, e) |

use ndarray::Array2;

/// The keys and values of all positions that were read, the first in front.
#[derive(Clone, Debug)]
pub struct KeyValueCache {
    /// (S, d)
    pub keys: Array2<f64>,
    /// (S, e)
    pub values: Array2<f64>,
}

/// What the model has learned.
#[derive(Clone, Debug)]
pub struct Model {
    /// (N, D)
    pub table: Array2<f64>,
    /// (C, D)
    pub places: Array2<f64>,
    /// (d, D)
    pub w_q: Array2<f64>,
    /// (d, D)
    pub w_k: Array2<f64>,
    /// (e, D)
    pub w_v: Array2<f64>,
    /// (N, e)
    pub w_o: Array2<f64>,
}

/// What the new positions, which are the last T of all S + T, gather from all.
///
/// # Shapes
/// - `q`: (T, d), `keys`: (S + T, d), `values`: (S + T, e), S from 0; returns (T, e)
pub fn attend(q: &Array2<f64>, keys: &Array2<f64>, values: &Array2<f64>) -> Array2<f64> {
    todo!()
}

/// Reads new tokens: puts their keys and values behind those in the cache, and returns Y, what each of them gathers.
///
/// # Shapes
/// - `x`: (T, D), without places; the cache: S positions before, S + T after; returns (T, e)
pub fn read(x: &Array2<f64>, model: &Model, cache: &mut KeyValueCache) -> Array2<f64> {
    todo!()
}

/// Continues every prompt by `count` tokens, each the one with the highest score.
///
/// Each text has a cache of its own, which is empty at first: (0, d) and (0, e). The prompt is read at once, then one token at a time. The last
/// token that is made is not read: nobody asks what follows it. Returns the caches too.
///
/// # Shapes
/// - `prompts`: (B, T), T at least 2; returns (B, count), and B caches of T + count - 1 positions
pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    todo!()
}
