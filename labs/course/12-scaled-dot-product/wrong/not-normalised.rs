use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    (q.dot(&k.t()) / (q.ncols() as f64).sqrt()).exp()
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    attention_weights(q, k).dot(v)
}
