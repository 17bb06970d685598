use ndarray::Array2;

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let (n, d) = q.dim();
    let mut y = Array2::<f64>::zeros((n, v.ncols()));
    for t in 0..n {
        let scores: Vec<f64> = (0..=t).map(|j| q.row(t).dot(&k.row(j)) / d as f64).collect();
        let top = scores.iter().cloned().fold(f64::MIN, f64::max);
        let e: Vec<f64> = scores.iter().map(|s| (s - top).exp()).collect();
        let total: f64 = e.iter().sum();
        for (j, w) in e.iter().enumerate() {
            y.row_mut(t).scaled_add(w / total, &v.row(j));
        }
    }
    y
}
