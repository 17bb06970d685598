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
    let mut y = Array2::zeros((x.nrows(), v.ncols()));
    for t in 0..x.nrows() {
        let mut scores = Vec::with_capacity(length);
        for j in 0..length {
            let mut score = 0.0;
            for i in 0..q.ncols() {
                score += q[[t, i]] * k[[j, i]];
            }
            scores.push(score);
        }
        let best = scores.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
        let mut total = 0.0;
        for score in scores.iter_mut() {
            *score = (*score - best).exp();
            total += *score;
        }
        for j in 0..length {
            for i in 0..v.ncols() {
                y[[t, i]] += scores[j] / total * v[[j, i]];
            }
        }
    }
    y
}
