use ndarray::{Array1, Array2, Axis};

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
    let m = scores.fold(f64::NEG_INFINITY, |m, &x| m.max(x));
    let e = scores.mapv(|x| (x - m).exp());
    let alignment = &e / e.sum();
    let weighted = states * &alignment.view().insert_axis(Axis(1));
    let context = weighted.mean_axis(Axis(0)).unwrap();
    (context, alignment)
}
