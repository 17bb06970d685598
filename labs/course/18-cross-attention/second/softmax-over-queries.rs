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
    let mut a = q.dot(&k.t()) / (q.ncols() as f64).sqrt();
    for (j, mut column) in a.columns_mut().into_iter().enumerate() {
        if j >= length {
            column.fill(0.0);
            continue;
        }
        let top = column.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
        column.mapv_inplace(|s| (s - top).exp());
        let sum = column.sum();
        column.mapv_inplace(|s| s / sum);
    }
    a.dot(&v)
}
