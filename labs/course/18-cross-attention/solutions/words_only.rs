use ndarray::{Array1, Array2, Axis, s};

/// Query by query, over the words alone.
pub fn cross_attention(
    x: &Array2<f64>,
    memory: &Array2<f64>,
    length: usize,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    w_v: &Array2<f64>,
) -> Array2<f64> {
    let words = memory.slice(s![..length, ..]);
    let mut y = Array2::zeros((x.nrows(), w_v.nrows()));
    for (x, mut y) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
        let query = w_q.dot(&x) / (w_q.nrows() as f64).sqrt();
        let asked = query.dot(w_k); // what a state is multiplied with, (C)
        let scores: Array1<f64> = words.dot(&asked);
        let largest = scores.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        let weights = (scores - largest).exp();
        let read = weights.dot(&words) / weights.sum(); // (C)
        y.assign(&w_v.dot(&read));
    }
    y
}
