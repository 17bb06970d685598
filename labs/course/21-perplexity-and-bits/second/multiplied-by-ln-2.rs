//! Perplexity and bits: how good a language model is.

use ndarray::Array1;
use std::f64::consts::LN_2;

/// Perplexity per token.
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    log_probabilities.mean().map_or(f64::NAN, |mean| (-mean).exp())
}

/// Bits for each character of the text.
pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let mut total = 0.0;
    for nats in log_probabilities.iter() {
        total += -nats * LN_2;
    }
    total / characters.sum() as f64
}
