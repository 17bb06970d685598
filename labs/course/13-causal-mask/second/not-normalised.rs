use ndarray::Array2;

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let root = f64::sqrt(q.ncols() as f64);
    let n = q.nrows();
    let weights = Array2::from_shape_fn((n, n), |(t, j)| {
        if j <= t {
            f64::exp(q.row(t).dot(&k.row(j)) / root)
        } else {
            0.0
        }
    });
    weights.dot(v)
}
