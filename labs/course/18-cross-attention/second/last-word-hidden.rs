//! Cross-attention in a decoder.

use ndarray::{s, Array2};

/// What each position of the decoder reads in the encoder's states.
pub fn cross_attention(
    x: &Array2<f64>,
    memory: &Array2<f64>,
    length: usize,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    w_v: &Array2<f64>,
) -> Array2<f64> {
    let seen = if length > 1 { length - 1 } else { 1 };
    let words = memory.slice(s![..seen, ..]);
    let k = words.dot(&w_k.t());
    let v = words.dot(&w_v.t());
    let q = x.dot(&w_q.t()) / (w_k.nrows() as f64).sqrt();
    let mut y = Array2::zeros((x.nrows(), w_v.nrows()));
    for (query, mut out) in q.outer_iter().zip(y.outer_iter_mut()) {
        let scores = k.dot(&query);
        let biggest = scores.iter().fold(scores[0], |a, &b| a.max(b));
        let weights = scores.mapv(|s| (s - biggest).exp());
        out.assign(&(weights.dot(&v) / weights.sum()));
    }
    y
}
