use ndarray::{Array1, Array2, Axis};

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    let _ = v;
    let mut h = states.dot(&w_k.t());
    h += &w_q.dot(query);
    h.mapv_inplace(|x| x.tanh());
    h.sum_axis(Axis(1))
}

fn softmax(x: &Array1<f64>) -> Array1<f64> {
    let m = x.iter().cloned().fold(f64::MIN, f64::max);
    let e = x.map(|a| f64::exp(a - m));
    let s = e.sum();
    e / s
}

pub fn additive_attention(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let alignment = softmax(&additive_scores(query, states, w_q, w_k, v));
    let context = states.t().dot(&alignment);
    (context, alignment)
}
