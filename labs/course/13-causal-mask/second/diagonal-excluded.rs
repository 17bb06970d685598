use ndarray::Array2;

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let d = q.ncols();
    let scale = 1.0 / (d as f64).sqrt();
    let mut y = Array2::<f64>::zeros(v.dim());
    for t in 1..q.nrows() {
        let mut scores = vec![0.0; t];
        for j in 0..t {
            for i in 0..d {
                scores[j] += q[[t, i]] * k[[j, i]] * scale;
            }
        }
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = scores.iter().map(|s| (s - top).exp()).sum();
        for j in 0..t {
            let w = (scores[j] - top).exp() / total;
            for e in 0..v.ncols() {
                y[[t, e]] += w * v[[j, e]];
            }
        }
    }
    y
}
