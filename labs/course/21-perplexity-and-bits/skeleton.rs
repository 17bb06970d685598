//! Perplexity and bits: how good a language model is, in numbers that can be compared.
//!
//! A model gave token i of a text, with the text before it, the probability p_i. Its loss is the mean of -ln p_i, in nats.
//!
//! ```text
//! perplexity         = e^loss                        as if it had to guess among so many tokens
//! bits per character = -Σ log2 p_i / Σ c_i           where token i is c_i characters long
//! ```
//!
//! Models with different tokenizers can be compared by the second only: a token of one is not a token of the other.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | ln p | natural logarithms of the probabilities | (M) |
//! | c | characters of each token, one at least | (M) |

use ndarray::Array1;

/// Perplexity per token.
///
/// # Shapes
/// - `log_probabilities`: (M), natural logarithms, all at most 0
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    todo!()
}

/// Bits for each character of the text.
///
/// # Shapes
/// - `log_probabilities`: (M), natural logarithms, `characters`: (M)
pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    todo!()
}
