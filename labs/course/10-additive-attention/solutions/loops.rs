use ndarray::{Array1, Array2};

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    let mut scores = Array1::zeros(states.nrows());
    for j in 0..states.nrows() {
        for a in 0..v.len() {
            let mut sum = 0.0;
            for i in 0..states.ncols() {
                sum += w_k[[a, i]] * states[[j, i]];
            }
            for i in 0..query.len() {
                sum += w_q[[a, i]] * query[i];
            }
            scores[j] += v[a] * sum.tanh();
        }
    }
    scores
}

pub fn additive_attention(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let mut alignment = additive_scores(query, states, w_q, w_k, v);
    let total = alignment.iter().map(|score| score.exp()).sum::<f64>().ln();
    let mut context = Array1::zeros(states.ncols());
    for j in 0..states.nrows() {
        alignment[j] = (alignment[j] - total).exp();
        for i in 0..states.ncols() {
            context[i] += alignment[j] * states[[j, i]];
        }
    }
    (context, alignment)
}
