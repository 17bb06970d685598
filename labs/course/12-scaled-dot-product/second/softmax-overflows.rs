use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let root = f64::sqrt(q.ncols() as f64);
    let mut e = Array2::from_shape_fn((q.nrows(), k.nrows()), |(t, j)| f64::exp(q.row(t).dot(&k.row(j)) / root));
    for t in 0..e.nrows() {
        let denominator = e.row(t).sum();
        for w in e.row_mut(t) {
            *w /= denominator;
        }
    }
    e
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let p = attention_weights(q, k);
    Array2::from_shape_fn((q.nrows(), v.ncols()), |(t, e)| p.row(t).dot(&v.column(e)))
}
