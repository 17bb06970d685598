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
    let q = x.dot(&w_q.t());
    let k = memory.dot(&w_k.t());
    let v = memory.dot(&w_v.t());
    let mask = Array2::from_shape_fn((x.nrows(), memory.nrows()), |(_, j)| if j > length { f64::NEG_INFINITY } else { 0.0 });
    let logits = q.dot(&k.t()) / (k.ncols() as f64).sqrt() + mask;
    let max = logits.map_axis(Axis(1), |row| row.iter().copied().fold(f64::MIN, f64::max));
    let e = (logits - max.insert_axis(Axis(1))).mapv(f64::exp);
    let z = e.sum_axis(Axis(1));
    e.dot(&v) / z.insert_axis(Axis(1))
}
