use ndarray::{Array1, Array2};

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    let mut result = Array1::<f64>::zeros(states.nrows());
    let wq = w_q.dot(query);
    for j in 0..states.nrows() {
        let sum = &wq + &w_k.dot(&states.row(j));
        let energy = sum.dot(v);
        result[j] = energy.tanh();
    }
    result
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
