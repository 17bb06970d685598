//! Scaled dot-product attention (Vaswani et al. 2017, section 3.2.1).
//!
//! Every query is compared with every key; what it gets is the mean of the values, weighted by how well their keys fit:
//!
//! ```text
//! S = Q·Kᵀ / √d              S[t, j] is how well query t fits key j
//! P[t, j] = e^S[t, j] / (e^S[t, 0] + ... + e^S[t, S-1])      the softmax of row t
//! Y = P·V
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | Q | queries | (T, d) |
//! | K | keys | (S, d) |
//! | V | values | (S, e) |
//! | P | weights | (T, S) |
//! | Y | what the queries get | (T, e) |

use ndarray::Array2;

/// The weights P: where each query looks. Every row sums to one, however large the scores are.
///
/// # Shapes
/// - `q`: (T, d), `k`: (S, d); returns (T, S)
pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    todo!()
}

/// What each query gets: the mean of the values, with its weights.
///
/// # Shapes
/// - `q`: (T, d), `k`: (S, d), `v`: (S, e); returns (T, e)
pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    todo!()
}
