use ndarray::{Array1, Array2};

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    let hidden = (states.dot(&w_k.t()) + &w_q.dot(query)).mapv(f64::tanh);
    hidden.dot(v)
}

pub fn additive_attention(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let mut alpha = additive_scores(query, states, w_q, w_k, v);
    alpha.mapv_inplace(f64::exp);
    let mut z = Array1::<f64>::zeros(states.ncols());
    for (weight, s) in alpha.iter().zip(states.outer_iter()) {
        z.scaled_add(*weight, &s);
    }
    (z, alpha)
}
