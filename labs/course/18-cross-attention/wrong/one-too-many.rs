use ndarray::{Array2, Axis};

pub fn cross_attention(
    x: &Array2<f64>,
    memory: &Array2<f64>,
    length: usize,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    w_v: &Array2<f64>,
) -> Array2<f64> {
    let queries = x.dot(&w_q.t());
    let keys = memory.dot(&w_k.t());
    let values = memory.dot(&w_v.t());
    let mut scores: Array2<f64> = queries.dot(&keys.t()) / (keys.ncols() as f64).sqrt();
    for ((_, j), score) in scores.indexed_iter_mut() {
        if j > length {
            *score = f64::NEG_INFINITY;
        }
    }
    softmax(&scores).dot(&values)
}

fn softmax(scores: &Array2<f64>) -> Array2<f64> {
    let largest = scores.fold_axis(Axis(1), f64::NEG_INFINITY, |a, b| a.max(*b)).insert_axis(Axis(1));
    let exponentials = (scores - &largest).exp();
    let sums = exponentials.sum_axis(Axis(1)).insert_axis(Axis(1));
    exponentials / sums
}
