//! Heads: split and merge (Vaswani et al. 2017, section 3.2.2).
//!
//! Several attentions at once look at different things. Each has a slice of the width: of D = N·K columns, the first K belong
//! to head 0, the next K to head 1, and so on. Heads are then put beside the batch, so that one product serves all of them:
//!
//! ```text
//! split[b, n, t, k] = x[b, t, n·K + k]
//! ```
//!
//! and merging is the way back.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x | vectors of the tokens | (B, T, D) |
//! | N, K | number of heads, width of a head | D = N·K |
//! | | split | (B, N, T, K) |

use ndarray::{Array3, Array4};

/// The width in slices, one for each head.
///
/// # Shapes
/// - `x`: (B, T, D), D divisible by N = `heads`; returns (B, N, T, K)
pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    todo!()
}

/// The slices side by side again.
///
/// # Shapes
/// - `x`: (B, N, T, K); returns (B, T, N·K)
pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    todo!()
}
