use ndarray::{Array1, Array2};

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    (states.dot(&w_k.t()) + w_q.dot(query)).tanh().dot(v)
}

pub fn additive_attention(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let weights = softmax(&additive_scores(query, states, w_q, w_k, v));
    (weights.dot(states), weights)
}

fn softmax(scores: &Array1<f64>) -> Array1<f64> {
    let largest = scores.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    let exponentials = (scores - largest).exp();
    let sum = exponentials.sum();
    exponentials / sum
}
