use ndarray::{Array1, Array2};

fn hidden_size(v: &Array1<f64>) -> f64 {
    v.len() as f64
}

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    let q = w_q.dot(query);
    let scale = hidden_size(v).powf(-0.5);
    let mut scores = Vec::with_capacity(states.nrows());
    for s in states.rows() {
        let t = (w_k.dot(&s) + &q).mapv(f64::tanh);
        scores.push(scale * t.dot(v));
    }
    Array1::from(scores)
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
