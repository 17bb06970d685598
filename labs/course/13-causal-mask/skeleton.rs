//! The causal mask (Vaswani et al. 2017, section 3.2.3).
//!
//! All positions are computed at once, and still no position may look at a later one:
//!
//! ```text
//! S = Q·Kᵀ / √d              S[t, j] is how well query t fits key j
//! S[t, j] = -∞  for j > t    before the softmax
//! P = softmax(S)             of every row t over its keys j
//! Y = P·V
//! ```
//!
//! | symbol | shape |
//! |---|---|
//! | Q, K | (T, d) |
//! | V | (T, e) |
//! | S, P | (T, T) |
//! | Y | (T, e) |

use ndarray::Array2;

/// Attention in which position t sees the positions 0 to t, its own among them, and nothing after it.
///
/// # Shapes
/// - `q` and `k`: (T, d), `v`: (T, e); returns (T, e)
pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    todo!()
}
