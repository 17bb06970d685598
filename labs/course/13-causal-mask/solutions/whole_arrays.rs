use ndarray::{Array2, Axis};

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let mut scores = q.dot(&k.t()) / (q.ncols() as f64).sqrt(); // (T, T)
    for ((t, j), score) in scores.indexed_iter_mut() {
        if j > t {
            *score = f64::NEG_INFINITY;
        }
    }
    softmax(&scores).dot(v)
}

/// Every row becomes weights that sum to one.
fn softmax(scores: &Array2<f64>) -> Array2<f64> {
    let largest = scores.fold_axis(Axis(1), f64::NEG_INFINITY, |a, b| a.max(*b)).insert_axis(Axis(1)); // (T, 1)
    let exponentials = (scores - &largest).exp();
    let sums = exponentials.sum_axis(Axis(1)).insert_axis(Axis(1)); // (T, 1)
    exponentials / sums
}
