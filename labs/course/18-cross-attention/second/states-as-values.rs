//! Cross-attention in a decoder.

use ndarray::{s, Array1, Array2, Axis};

/// What each position of the decoder reads in the encoder's states.
pub fn cross_attention(
    x: &Array2<f64>,
    memory: &Array2<f64>,
    length: usize,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    w_v: &Array2<f64>,
) -> Array2<f64> {
    debug_assert_eq!(w_v.ncols(), memory.ncols());
    let words = memory.slice(s![0..length, 0..]);
    let keys = words.dot(&w_k.t());
    let rows: Vec<Array1<f64>> = x
        .outer_iter()
        .map(|state| {
            let query = w_q.dot(&state);
            let scores = keys.dot(&query) / (query.len() as f64).sqrt();
            let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let e = (scores - max).mapv(f64::exp);
            let p = &e / e.sum();
            p.dot(&words)
        })
        .collect();
    let mut y = Array2::zeros((0, memory.ncols()));
    for row in &rows {
        y.push(Axis(0), row.view()).expect("every row is as long");
    }
    y
}
