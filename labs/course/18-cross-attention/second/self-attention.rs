//! Cross-attention in a decoder.

use ndarray::Array2;

/// Every row of `input` with every row of `weight`.
fn linear(input: &Array2<f64>, weight: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn((input.nrows(), weight.nrows()), |(i, o)| {
        input.row(i).iter().zip(weight.row(o).iter()).map(|(a, b)| a * b).sum()
    })
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
    debug_assert!(length <= memory.nrows());
    let q = linear(x, w_q);
    let k = linear(x, w_k);
    let v = linear(x, w_v);
    let root = (w_q.nrows() as f64).sqrt();
    let mut p = linear(&q, &k) / root;
    p.indexed_iter_mut().filter(|((_, j), _)| *j >= length).for_each(|(_, s)| *s = f64::NEG_INFINITY);
    for mut row in p.rows_mut() {
        let m = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        row.mapv_inplace(|s| f64::exp(s - m));
        let n = row.sum();
        row /= n;
    }
    p.dot(&v)
}
