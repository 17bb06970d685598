//! Perplexity and bits: how good a language model is.

use ndarray::Array1;

/// Perplexity per token.
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    let mut probability = 1.0;
    for i in 0..log_probabilities.len() {
        probability *= log_probabilities[i].exp();
    }
    1.0 / probability
}

/// Bits for each character of the text.
pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let mut bits = 0.0;
    let mut letters = 0;
    for i in 0..characters.len() {
        bits -= log_probabilities[i] / 2f64.ln();
        letters += characters[i];
    }
    bits / letters as f64
}
