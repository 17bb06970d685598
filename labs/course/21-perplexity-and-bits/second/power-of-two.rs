//! Perplexity and bits: how good a language model is.

use ndarray::Array1;

/// Perplexity per token.
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    let count = log_probabilities.len() as f64;
    let loss: f64 = log_probabilities.iter().map(|l| -l / count).sum();
    2f64.powf(loss)
}

/// Bits for each character of the text.
pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let bits = -log_probabilities.sum() / std::f64::consts::LN_2;
    bits / characters.sum() as f64
}
