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
    let q = x.dot(&w_q.t());
    let k = memory.dot(&w_k.t());
    let v = memory.dot(&w_v.t());
    let d = q.ncols() as f64;
    let mut scores = q.dot(&k.t()) / d.sqrt();
    for ((t, j), score) in scores.indexed_iter_mut() {
        // neither the future nor the padding
        if j > t || j >= length {
            *score = f64::NEG_INFINITY;
        }
    }
    for mut row in scores.rows_mut() {
        let top = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        row.mapv_inplace(|s| (s - top).exp());
        let total = row.sum();
        row /= total;
    }
    scores.dot(&v)
}
