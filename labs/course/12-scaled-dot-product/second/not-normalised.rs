use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let d = (q.ncols() as f64).sqrt();
    let mut p = Array2::<f64>::zeros((q.nrows(), k.nrows()));
    for t in 0..q.nrows() {
        let scores = k.dot(&q.row(t)) / d;
        let mut top = scores[0];
        for &s in &scores {
            if s > top {
                top = s;
            }
        }
        for (j, s) in scores.iter().enumerate() {
            p[[t, j]] = (s - top).exp();
        }
    }
    p
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    attention_weights(q, k).dot(v)
}
