use ndarray::Array1;

pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    (-log_probabilities.sum() / log_probabilities.len() as f64).exp()
}

pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let mean = characters.sum() as f64 / characters.len() as f64;
    perplexity(log_probabilities) / mean
}
