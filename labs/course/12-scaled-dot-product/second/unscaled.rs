use ndarray::{Array2, Axis};

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let scores = q.dot(&k.t());
    let highest = scores.fold_axis(Axis(1), f64::NEG_INFINITY, |a, &b| a.max(b)).insert_axis(Axis(1));
    let exps = (&scores - &highest).mapv(f64::exp);
    let sums = exps.sum_axis(Axis(1)).insert_axis(Axis(1));
    exps / sums
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let weights = attention_weights(q, k);
    let mut y = Array2::<f64>::zeros((q.nrows(), v.ncols()));
    for ((t, j), w) in weights.indexed_iter() {
        y.row_mut(t).scaled_add(*w, &v.row(j));
    }
    y
}
