use ndarray::{Array1, Array2};

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    let q = w_q.dot(query);
    states
        .outer_iter()
        .map(|s| {
            let k = w_k.dot(&s);
            q.iter().zip(k.iter()).zip(v.iter()).map(|((a, b), c)| c * (a + b).tanh()).sum::<f64>()
        })
        .collect()
}

pub fn additive_attention(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let alignment = additive_scores(query, states, w_q, w_k, v);
    let context = alignment.dot(states);
    (context, alignment)
}
