//! Perplexity and bits: how good a language model is.

use ndarray::Array1;

/// Perplexity per token.
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    log_probabilities.mean().map_or(f64::NAN, |mean| (-mean).exp())
}

/// Bits for each character of the text.
pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let mean_length = characters.sum() as f64 / characters.len() as f64;
    perplexity(log_probabilities) / mean_length
}
