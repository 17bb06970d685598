use ndarray::{Array1, Array2};

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    let from_query = w_q.dot(query);
    let mut out = Array1::<f64>::zeros(states.nrows());
    for j in 0..states.nrows() {
        let from_state = w_k.dot(&states.row(j));
        let hidden = (&from_query + &from_state).mapv(f64::tanh);
        out[j] = v.dot(&hidden);
    }
    out
}

pub fn additive_attention(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let keys = states.dot(&w_k.t());
    let scores = additive_scores(query, states, w_q, w_k, v);
    let max = scores.iter().cloned().fold(f64::MIN, f64::max);
    let mut alpha = scores.mapv(|x| f64::exp(x - max));
    alpha /= alpha.sum();
    let context = keys.t().dot(&alpha);
    (context, alpha)
}
