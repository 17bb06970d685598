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
    let scores = additive_scores(query, states, w_q, w_k, v);
    let top = scores.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let exps: Vec<f64> = scores.iter().map(|s| (s - top).exp()).collect();
    let total: f64 = exps.iter().sum();
    let alignment: Array1<f64> = exps.into_iter().map(|e| e / total).collect();

    let count = states.nrows() as f64;
    let mut context = Array1::<f64>::zeros(states.ncols());
    for c in 0..states.ncols() {
        context[c] = states.column(c).sum() / count;
    }
    (context, alignment)
}
