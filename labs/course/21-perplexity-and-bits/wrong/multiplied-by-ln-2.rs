use ndarray::Array1;

pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    (-log_probabilities.sum() / log_probabilities.len() as f64).exp()
}

pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    -log_probabilities.sum() * std::f64::consts::LN_2 / characters.sum() as f64
}
