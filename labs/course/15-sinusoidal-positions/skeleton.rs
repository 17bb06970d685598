//! Sinusoidal positions (Vaswani et al. 2017, section 3.5).
//!
//! Attention does not know where its inputs stand. So each gets a vector of its position added:
//!
//! ```text
//! P[t, 2i]     = sin(t / 10000^(2i/D))
//! P[t, 2i + 1] = cos(t / 10000^(2i/D))
//! ```
//!
//! for positions t = 0, 1, .. and pairs of columns i = 0, 1, ..: each pair is the hand of a clock, and each turns more slowly than
//! the one before.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | P | positions | (T, D), D even |
//! | x | vectors of the tokens | (B, T, D) |

use ndarray::{Array2, Array3};

/// The vectors of the first T = `length` positions.
///
/// # Shapes
/// - returns (T, D), where D = `width` is even
pub fn positions(length: usize, width: usize) -> Array2<f64> {
    todo!()
}

/// The tokens with their positions added, in every sequence of the batch.
///
/// # Shapes
/// - `x`: (B, T, D); returns (B, T, D)
pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    todo!()
}
