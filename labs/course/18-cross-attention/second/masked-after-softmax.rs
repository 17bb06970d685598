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
    let q = x.dot(&w_q.t());
    let k = memory.dot(&w_k.t());
    let v = memory.dot(&w_v.t());
    let scores = q.dot(&k.t()) / (w_q.nrows() as f64).sqrt();
    let m = scores.map_axis(Axis(1), |r| r.fold(f64::NEG_INFINITY, |a, &b| if a > b { a } else { b }));
    let e = (&scores - &m.insert_axis(Axis(1))).exp();
    let mut weights = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1));
    // the padding gets nothing
    weights.slice_mut(s![.., length..]).fill(0.0);
    weights.dot(&v)
}
