use ndarray::{concatenate, Array2, Axis};

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
    let mut out = Array2::<f64>::zeros((states.nrows(), queries.nrows()));
    for (j, state) in states.outer_iter().enumerate() {
        let key = w.dot(&state);
        let column = queries.dot(&key);
        out.row_mut(j).assign(&column);
    }
    out
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    let mut alpha = general_scores(queries, states, w).reversed_axes();
    for mut row in alpha.outer_iter_mut() {
        let m = row.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
        row.mapv_inplace(|x| (x - m).exp());
        let z = row.sum();
        row.mapv_inplace(|x| x / z);
    }
    let z = alpha.dot(states);
    concatenate![Axis(1), z, *queries].dot(&w_c.t()).mapv(f64::tanh)
}
