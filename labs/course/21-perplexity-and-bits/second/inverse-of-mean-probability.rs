//! Perplexity and bits: how good a language model is.

use ndarray::Array1;

/// Perplexity per token.
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    let mut p = 0.0;
    for &l in log_probabilities.iter() {
        p += l.exp();
    }
    log_probabilities.len() as f64 / p
}

/// Bits for each character of the text.
pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let bits = -log_probabilities.sum() / std::f64::consts::LN_2;
    bits / characters.sum() as f64
}
