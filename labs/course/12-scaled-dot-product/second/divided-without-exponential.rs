use ndarray::{Array2, Axis};

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let scores = q.dot(&k.t()) / (q.ncols() as f64).sqrt();
    let totals = scores.sum_axis(Axis(1));
    scores / totals.insert_axis(Axis(1))
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let weights = attention_weights(q, k);
    let mut y = Array2::<f64>::zeros((q.nrows(), v.ncols()));
    for ((t, j), w) in weights.indexed_iter() {
        y.row_mut(t).scaled_add(*w, &v.row(j));
    }
    y
}
