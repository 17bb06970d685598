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

fn normalise(scores: Array1<f64>) -> Array1<f64> {
    let peak = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = scores.mapv(|s| (s - peak).exp());
    let z = e.sum();
    e.mapv(|x| x / z)
}

pub fn additive_attention(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let weights = normalise(additive_scores(query, states, w_q, w_k, v));
    let mut winner = 0;
    for j in 1..weights.len() {
        if weights[j] > weights[winner] {
            winner = j;
        }
    }
    (states.row(winner).to_owned(), weights)
}
