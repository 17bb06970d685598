//! Cross-attention in a decoder.

use ndarray::Array2;

/// What each position of the decoder reads in the encoder's states.
pub fn cross_attention(
    x: &Array2<f64>,
    memory: &Array2<f64>,
    length: usize,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    w_v: &Array2<f64>,
) -> Array2<f64> {
    debug_assert!(x.ncols() == w_q.ncols());
    let queries = project(memory, w_q);
    let keys = project(memory, w_k);
    let values = project(memory, w_v);
    let d = w_k.nrows() as f64;
    let mut answers = Array2::zeros((queries.len(), w_v.nrows()));
    for (i, query) in queries.iter().enumerate() {
        let scores: Vec<f64> = keys[..length].iter().map(|key| inner(query, key) / d.sqrt()).collect();
        let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = scores.iter().map(|s| (s - max).exp()).sum();
        for (score, value) in scores.iter().zip(&values) {
            let weight = (score - max).exp() / total;
            for (c, number) in value.iter().enumerate() {
                answers[[i, c]] += weight * number;
            }
        }
    }
    answers
}

fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(p, q)| p * q).sum()
}

fn project(states: &Array2<f64>, weight: &Array2<f64>) -> Vec<Vec<f64>> {
    states
        .outer_iter()
        .map(|state| weight.outer_iter().map(|row| inner(&row.to_vec(), &state.to_vec())).collect())
        .collect()
}
