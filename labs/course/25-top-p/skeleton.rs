//! Top-p, or nucleus sampling (Holtzman et al. 2020): the likeliest tokens that together are likely enough.
//!
//! A model gives each of the V tokens that may come next a score z; q is their softmax. Top-p goes from the likeliest token down
//! and keeps tokens until their probabilities sum to at least p. Only then the temperature T changes those that are left:
//!
//! ```text
//! q_i = e^z_i / Σ_j e^z_j
//! z_i = -∞  for all but the fewest likeliest tokens with Σ q >= p
//! p_i = e^(z_i / T) / Σ_j e^(z_j / T)
//! ```
//!
//! - The token that takes the sum to p or across it stays, and at least one does, also for p = 0.
//! - Of tokens with the same score the one with the highest number stays longest.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | z | logits, finite numbers | (V) |
//! | p | from 0 to 1 | |
//! | T | temperature, above 0 | |
//! | p_i | probabilities | (V) |

use ndarray::Array1;

/// The scores, with minus infinity in place of those that top-p removes.
///
/// # Shapes
/// - `logits`: (V); returns (V)
pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    todo!()
}

/// The probabilities that a token is drawn with: those of the tokens that `top_p` leaves, at this temperature.
///
/// # Shapes
/// - `logits`: (V); returns (V)
pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    todo!()
}
