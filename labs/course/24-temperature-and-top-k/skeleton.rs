//! Top-k (Fan, Lewis and Dauphin 2018) and temperature (Ackley, Hinton and Sejnowski 1985): what is made of a model's scores
//! before a token is drawn.
//!
//! A model gives each of the V tokens that may come next a score z. First a filter chooses which tokens may come, then the
//! temperature T decides how boldly one draws among them:
//!
//! ```text
//! z_i = -∞  for all but the k highest scores
//! p_i = e^(z_i / T) / Σ_j e^(z_j / T)
//! ```
//!
//! - All that have the same score as the last of the k stay too, so there may be more than k.
//! - Where k is more than V, all stay.
//! - At T = 0 nothing is drawn: the token with the highest score, the first of equals, has the probability 1.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | z | logits, finite numbers | (V) |
//! | k | how many are to stay, 1 at least | |
//! | T | temperature, 0 at least | |
//! | p | probabilities | (V) |

use ndarray::Array1;

/// The scores, with minus infinity in place of those that are not among the k highest.
///
/// # Shapes
/// - `logits`: (V); returns (V)
pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    todo!()
}

/// The probabilities that a token is drawn with: those of the tokens that `top_k` leaves, at this temperature. They are right
/// however large the scores are.
///
/// # Shapes
/// - `logits`: (V); returns (V)
pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    todo!()
}
