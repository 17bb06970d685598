use ndarray::Array2;

/// Row by row, over the keys that it sees and no others.
pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let ((length, d), e) = (q.dim(), v.ncols());
    let mut y = Array2::zeros((length, e));
    for t in 0..length {
        let mut weights = Vec::new();
        for j in 0..=t {
            let mut score = 0.0;
            for i in (0..d).rev() {
                score += q[[t, i]] * k[[j, i]];
            }
            weights.push((score / (d as f64).sqrt()).exp());
        }
        let sum: f64 = weights.iter().sum();
        for (j, weight) in weights.iter().enumerate() {
            for i in 0..e {
                y[[t, i]] += weight / sum * v[[j, i]];
            }
        }
    }
    y
}
