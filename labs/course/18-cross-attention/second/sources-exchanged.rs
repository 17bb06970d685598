//! Cross-attention in a decoder.

use ndarray::{Array2, Axis};

fn times_transposed(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let mut c = Array2::zeros((a.nrows(), b.nrows()));
    let common = a.ncols().min(b.ncols());
    for i in 0..a.nrows() {
        for j in 0..b.nrows() {
            for n in 0..common {
                c[[i, j]] += a[[i, n]] * b[[j, n]];
            }
        }
    }
    c
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
    let q = times_transposed(memory, w_q);
    let k = times_transposed(x, w_k);
    let v = times_transposed(x, w_v);
    let scores = q.dot(&k.t()) / (q.ncols() as f64).sqrt();
    let hidden = Array2::from_shape_fn(scores.raw_dim(), |(_, j)| if j < length { 0.0 } else { f64::NEG_INFINITY });
    let scores = scores + hidden;
    let top = scores.fold_axis(Axis(1), f64::NEG_INFINITY, |m, s| s.max(*m));
    let e = (scores - top.insert_axis(Axis(1))).exp();
    let sum = e.sum_axis(Axis(1)).insert_axis(Axis(1));
    (e / sum).dot(&v)
}
