//! Cross-attention in a decoder.

use ndarray::{s, Array2, Axis};

/// What each position of the decoder reads in the encoder's states.
pub fn cross_attention(
    x: &Array2<f64>,
    memory: &Array2<f64>,
    length: usize,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    w_v: &Array2<f64>,
) -> Array2<f64> {
    let width = x.ncols() as f64;
    let project = |input: &Array2<f64>, weight: &Array2<f64>| input.dot(&weight.t());
    let (q, k, v) = (project(x, w_q), project(memory, w_k), project(memory, w_v));
    let mut weights = q.dot(&k.t()) / width.sqrt();
    weights.slice_mut(s![.., length..]).fill(f64::NEG_INFINITY);
    for mut row in weights.axis_iter_mut(Axis(0)) {
        let m = row.iter().cloned().reduce(f64::max).unwrap_or(0.0);
        row.iter_mut().for_each(|a| *a = (*a - m).exp());
        let norm: f64 = row.iter().sum();
        row.iter_mut().for_each(|a| *a /= norm);
    }
    weights.dot(&v)
}
