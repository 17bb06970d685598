use ndarray::Array2;

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let mut scores: Array2<f64> = q.dot(&k.t()) / (q.ncols() as f64).sqrt();
    for ((t, j), score) in scores.indexed_iter_mut() {
        if j > t {
            *score = f64::NEG_INFINITY;
        }
    }
    scores.exp().dot(v)
}
