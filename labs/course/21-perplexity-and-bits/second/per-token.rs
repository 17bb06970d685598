//! Perplexity and bits: how good a language model is.

use ndarray::Array1;

/// Perplexity per token.
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    let loss = -log_probabilities.sum() / log_probabilities.len() as f64;
    loss.exp()
}

/// Bits for each character of the text.
pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let bits = log_probabilities.fold(0.0, |sum, l| sum - l / std::f64::consts::LN_2);
    bits / characters.len() as f64
}
