use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let mut s = q.dot(&k.t());
    s.mapv_inplace(|x| x / (q.ncols() as f64).sqrt());
    for mut c in s.columns_mut() {
        let top = c.fold(f64::NEG_INFINITY, |m, x| m.max(*x));
        c.mapv_inplace(|x| (x - top).exp());
        let z = c.sum();
        c /= z;
    }
    s
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    attention_weights(q, k).dot(v)
}
