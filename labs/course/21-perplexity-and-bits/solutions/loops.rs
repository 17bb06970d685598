use ndarray::Array1;

/// The geometric mean of 1/p.
pub fn perplexity(log_probabilities: &Array1<f64>) -> f64 {
    let mut product = 1.0;
    for &logarithm in log_probabilities {
        product *= (-logarithm).exp();
    }
    f64::powf(product, 1.0 / log_probabilities.len() as f64)
}

pub fn bits_per_character(log_probabilities: &Array1<f64>, characters: &Array1<usize>) -> f64 {
    let (mut bits, mut length) = (0.0, 0);
    for (&logarithm, &count) in log_probabilities.iter().zip(characters) {
        bits -= logarithm.exp().log2();
        length += count;
    }
    bits / length as f64
}
