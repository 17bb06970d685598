//! Perplexity and bits: how good a language model is.

use ndarray::{Array1, Zip};

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
    let of_each = Zip::from(log_probabilities).and(characters).map_collect(|&l, &c| -l / std::f64::consts::LN_2 / c as f64);
    of_each.mean().unwrap_or(0.0)
}
