use ndarray::Array2;

fn softmax_row(scores: &[f64]) -> Vec<f64> {
    let m = scores.iter().copied().fold(f64::MIN, f64::max);
    let e: Vec<f64> = scores.iter().map(|s| (s - m).exp()).collect();
    let total: f64 = e.iter().sum();
    e.into_iter().map(|x| x / total).collect()
}

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let n_keys = k.nrows();
    let root = (n_keys as f64).sqrt();
    let mut flat = Vec::with_capacity(q.nrows() * n_keys);
    for query in q.rows() {
        let scores: Vec<f64> = k.rows().into_iter().map(|key| query.dot(&key) / root).collect();
        flat.extend(softmax_row(&scores));
    }
    Array2::from_shape_vec((q.nrows(), n_keys), flat).unwrap()
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let p = attention_weights(q, k);
    Array2::from_shape_fn((q.nrows(), v.ncols()), |(t, e)| p.row(t).dot(&v.column(e)))
}
