//! Layer normalisation (Ba, Kiros & Hinton 2016).
//!
//! Every row is a vector of D numbers, and is normalised by itself:
//!
//! ```text
//! μ = 1/D Σ_i x_i            σ² = 1/D Σ_i (x_i - μ)²
//! y_i = γ_i (x_i - μ) / √(σ² + ε) + β_i
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x, y | rows, such as the tokens of a batch | (M, D) |
//! | γ | gain | (D) |
//! | β | bias | (D) |
//! | ε | a small number that keeps the root from zero | () |

use ndarray::{Array1, Array2};

/// Every row with mean 0 and variance 1, then times the gain and plus the bias.
///
/// # Shapes
/// - `x`: (M, D), `gain` and `bias`: (D); returns (M, D)
pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    todo!()
}
