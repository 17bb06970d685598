//! Perplexity and bits: how good a language model is.

use ndarray::Array1;

/// Perplexity per token.
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    let mut nats = 0.0;
    for lp in log_probabilities {
        nats -= lp;
    }
    (nats / log_probabilities.len() as f64).exp()
}

/// Bits for each character of the text.
pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let surprise = log_probabilities.mapv(|l| -l);
    surprise.sum() / characters.iter().map(|&c| c as f64).sum::<f64>()
}
