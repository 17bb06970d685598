use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let scores = q.dot(&k.t()) * (q.ncols() as f64).powf(-0.5);
    let max = scores.iter().cloned().fold(f64::MIN, f64::max);
    let e = scores.map(|s| (s - max).exp());
    &e / e.sum()
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let p = attention_weights(q, k);
    Array2::from_shape_fn((q.nrows(), v.ncols()), |(t, e)| p.row(t).dot(&v.column(e)))
}
