use ndarray::Array2;

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn((queries.nrows(), states.nrows()), |(t, j)| queries.row(t).dot(&states.row(j)))
}

pub fn general_scores(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    let mut out = Array2::<f64>::zeros((queries.nrows(), states.nrows()));
    for j in 0..states.nrows() {
        let ws = w.dot(&states.row(j));
        for t in 0..queries.nrows() {
            out[[t, j]] = queries.row(t).dot(&ws);
        }
    }
    out
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    let scores = general_scores(queries, states, w);
    let mut h = Array2::<f64>::zeros((queries.nrows(), w_c.nrows()));
    for (t, row) in scores.outer_iter().enumerate() {
        let m = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let exps = row.mapv(|x| f64::exp(x - m));
        let alpha = &exps / exps.sum();
        let z = alpha.dot(states);
        for o in 0..w_c.nrows() {
            let s: f64 = z.iter().enumerate().map(|(i, zi)| w_c[[o, i]] * zi).sum();
            h[[t, o]] = s.tanh();
        }
    }
    h
}
