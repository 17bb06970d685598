use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let d = k.ncols() as f64;
    let mut p = Array2::<f64>::zeros((k.nrows(), q.nrows()));
    for t in 0..q.nrows() {
        let s = k.dot(&q.row(t)) / d.sqrt();
        let m = s.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let e = s.mapv(|x| (x - m).exp());
        p.column_mut(t).assign(&(&e / e.sum()));
    }
    p
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    attention_weights(q, k).t().dot(v)
}
