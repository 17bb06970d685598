//! Perplexity and bits: how good a language model is.

use ndarray::Array1;

/// Perplexity per token.
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    let loss = -log_probabilities.sum() / log_probabilities.len() as f64;
    loss.exp()
}

/// Bits for each character of the text.
pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let (mut bits, mut length) = (0.0, 0usize);
    for (l, c) in log_probabilities.iter().zip(characters) {
        bits += log2(*l);
        length += c;
    }
    bits / length as f64
}

/// From the natural logarithm to that of base 2.
fn log2(ln: f64) -> f64 {
    ln / 2.0_f64.ln()
}
