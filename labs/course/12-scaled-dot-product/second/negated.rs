use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let d = q.ncols() as f64;
    let distance = -(q.dot(&k.t())) / d.sqrt();
    let mut weights = distance.clone();
    for t in 0..weights.nrows() {
        let top = distance.row(t).iter().cloned().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = distance.row(t).iter().map(|x| (x - top).exp()).sum();
        for j in 0..weights.ncols() {
            weights[[t, j]] = (distance[[t, j]] - top).exp() / total;
        }
    }
    weights
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let weights = attention_weights(q, k);
    let mut y = Array2::<f64>::zeros((q.nrows(), v.ncols()));
    for ((t, j), w) in weights.indexed_iter() {
        y.row_mut(t).scaled_add(*w, &v.row(j));
    }
    y
}
