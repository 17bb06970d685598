//! RMSNorm (Zhang & Sennrich 2019), the normalisation of LLaMA.
//!
//! Every row is a vector of D numbers, and is divided by the root of its mean square (rms):
//!
//! ```text
//! m   = 1/D Σ_i x_i²
//! y_i = γ_i x_i / √(m + ε)
//! ```
//!
//! Layer normalisation without the mean and without the bias: a row keeps its direction, but for the gain.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x, y | rows, such as the tokens of a batch | (M, D) |
//! | m | mean square of a row | (M) |
//! | γ | gain | (D) |
//! | ε | a small number that keeps the root from zero | () |

use ndarray::{Array1, Array2};

/// Every row with a mean square of 1, then times the gain.
///
/// # Shapes
/// - `x`: (M, D), `gain`: (D); returns (M, D)
pub fn rms_norm(x: &Array2<f64>, gain: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let mut y = x * gain;
    for mut row in y.rows_mut() {
        let square = row.iter().map(|v| v * v).sum::<f64>() / row.len() as f64;
        row /= (square + epsilon).sqrt();
    }
    y
}
