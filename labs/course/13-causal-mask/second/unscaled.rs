use ndarray::Array2;

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let mut scores = q.dot(&k.t());
    for ((t, j), s) in scores.indexed_iter_mut() {
        if j > t {
            *s = f64::NEG_INFINITY;
        }
    }
    for mut row in scores.rows_mut() {
        let top = row.fold(f64::NEG_INFINITY, |m, &x| m.max(x));
        row.mapv_inplace(|x| (x - top).exp());
        let z = row.sum();
        row /= z;
    }
    scores.dot(v)
}
