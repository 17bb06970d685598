//! Cross-attention in a decoder.

use ndarray::{s, Array1, Array2};

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
    let v = v.slice(s![..length, ..]);
    let d = w_k.nrows() as f64;
    let mut read = Array2::<f64>::zeros((x.nrows(), w_v.nrows()));
    for t in 0..x.nrows() {
        // near keys have a small distance
        let distance: Array1<f64> = (0..length).map(|j| -q.row(t).dot(&k.row(j)) / d.sqrt()).collect();
        let top = distance.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let e = distance.mapv(|s| (s - top).exp());
        let z = e.sum();
        read.row_mut(t).assign(&e.dot(&v));
        read.row_mut(t).mapv_inplace(|r| r / z);
    }
    read
}
