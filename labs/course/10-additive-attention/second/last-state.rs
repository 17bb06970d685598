use ndarray::{s, Array1, Array2};

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
    let scores = additive_scores(query, states, w_q, w_k, v);
    let shifted = &scores - scores.fold(f64::NEG_INFINITY, |m, &x| m.max(x));
    let exps = shifted.exp();
    let alpha = &exps / exps.sum();
    // the last state of an encoder sums up the whole sentence
    let context = states.slice(s![-1, ..]).to_owned();
    (context, alpha)
}
