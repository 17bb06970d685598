use ndarray::{Array1, Array2};

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    let _ = (query, w_q);
    states.outer_iter().map(|s_j| w_k.dot(&s_j).mapv(f64::tanh).dot(v)).collect()
}

pub fn additive_attention(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let scores = additive_scores(query, states, w_q, w_k, v);
    let top = scores.fold(f64::NEG_INFINITY, |m, &x| m.max(x));
    let exps = scores.mapv(|x| (x - top).exp());
    let alpha = &exps / exps.sum();
    (alpha.dot(states), alpha)
}
