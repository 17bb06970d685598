use ndarray::{concatenate, Array2, Axis};

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    queries.dot(&states.t())
}

pub fn general_scores(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    let projected = states.dot(&w.t());
    queries.dot(&projected.t())
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    let scores = general_scores(queries, states, w);
    let mut rows = Vec::new();
    for (score, q) in scores.outer_iter().zip(queries.outer_iter()) {
        let m = score.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let e = score.mapv(|x| (x - m).exp());
        let z = (&e / e.sum()).dot(states);
        let input = concatenate![Axis(0), q, z];
        rows.extend(w_c.dot(&input).iter().map(|x| x.tanh()));
    }
    Array2::from_shape_vec((queries.nrows(), w_c.nrows()), rows).unwrap()
}
