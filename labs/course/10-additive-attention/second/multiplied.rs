use ndarray::{Array1, Array2};

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    let (a_dim, h_dim) = w_q.dim();
    let mut scores = Array1::<f64>::zeros(states.nrows());
    for j in 0..states.nrows() {
        for a in 0..a_dim {
            let mut left = 0.0;
            for h in 0..h_dim {
                left += w_q[[a, h]] * query[h];
            }
            let mut inner = 0.0;
            for c in 0..states.ncols() {
                inner += w_k[[a, c]] * states[[j, c]];
            }
            scores[j] += v[a] * (left * inner).tanh();
        }
    }
    scores
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
