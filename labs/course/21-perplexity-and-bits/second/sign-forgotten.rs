//! Perplexity and bits: how good a language model is.

use ndarray::Array1;

/// Perplexity per token.
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    let m = log_probabilities.len();
    let sum = log_probabilities.iter().fold(0.0, |a, b| a + b);
    f64::exp(sum / m as f64)
}

/// Bits for each character of the text.
pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let bits: f64 = log_probabilities.iter().map(|l| -l * std::f64::consts::LOG2_E).sum();
    let length: usize = characters.iter().sum();
    bits / length as f64
}
