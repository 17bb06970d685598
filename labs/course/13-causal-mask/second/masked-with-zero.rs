use ndarray::Array2;

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let n = q.nrows();
    let mask = Array2::from_shape_fn((n, n), |(t, j)| if j > t { 0.0 } else { 1.0 });
    let scores = q.dot(&k.t()) / (q.ncols() as f64).sqrt() * mask;
    let mut y = Array2::<f64>::zeros(v.dim());
    for (t, row) in scores.outer_iter().enumerate() {
        let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let e = row.mapv(|x| (x - top).exp());
        let p = &e / e.sum();
        y.row_mut(t).assign(&v.t().dot(&p));
    }
    y
}
