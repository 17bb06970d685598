//! Cross-attention in a decoder.

use ndarray::{Array2, Axis};

/// What each position of the decoder reads in the encoder's states.
pub fn cross_attention(
    x: &Array2<f64>,
    memory: &Array2<f64>,
    length: usize,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    w_v: &Array2<f64>,
) -> Array2<f64> {
    debug_assert!(length <= memory.nrows());
    let queries = x.dot(&w_q.t());
    let keys = memory.dot(&w_k.t());
    let values = memory.dot(&w_v.t());
    let scale = 1.0 / (w_q.nrows() as f64).sqrt();
    softmax(&(queries.dot(&keys.t()) * scale)).dot(&values)
}

fn softmax(scores: &Array2<f64>) -> Array2<f64> {
    let largest = scores.fold_axis(Axis(1), f64::NEG_INFINITY, |a, b| a.max(*b)).insert_axis(Axis(1));
    let e = (scores - &largest).exp();
    let sums = e.sum_axis(Axis(1)).insert_axis(Axis(1));
    e / sums
}
