use ndarray::{s, Array2};

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    let mut scores = Array2::<f64>::zeros((queries.nrows(), states.nrows()));
    for (t, q) in queries.outer_iter().enumerate() {
        for (j, s) in states.outer_iter().enumerate() {
            scores[[t, j]] = q.dot(&s);
        }
    }
    scores
}

pub fn general_scores(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    queries.dot(w).dot(&states.t())
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    let (t_len, h_len) = queries.dim();
    let (s_len, c_len) = states.dim();
    let scores = general_scores(queries, states, w);
    let mut cat = Array2::<f64>::zeros((t_len, c_len + h_len));
    for t in 0..t_len {
        let m = scores.row(t).fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let denom: f64 = scores.row(t).iter().map(|x| (x - m).exp()).sum();
        for j in 0..s_len {
            let a = (scores[[t, j]] - m).exp() / denom;
            for c in 0..c_len {
                cat[[t, c]] += a * states[[j, c]];
            }
        }
    }
    cat.slice_mut(s![.., c_len..]).assign(queries);
    cat.dot(&w_c.t())
}
