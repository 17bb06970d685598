use ndarray::Array2;

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
    let scale = 1.0 / (w.ncols() as f64).sqrt();
    let q = queries.dot(w);
    let mut scores = Array2::<f64>::zeros((queries.nrows(), states.nrows()));
    for ((t, j), value) in scores.indexed_iter_mut() {
        *value = scale * q.row(t).dot(&states.row(j));
    }
    scores
}

fn softmax_rows(x: &Array2<f64>) -> Array2<f64> {
    let mut p = x.clone();
    for mut row in p.rows_mut() {
        let m = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        row.mapv_inplace(|v| (v - m).exp());
        let total = row.sum();
        row /= total;
    }
    p
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    let alpha = softmax_rows(&general_scores(queries, states, w));
    let z = alpha.dot(states);
    let both = ndarray::concatenate![ndarray::Axis(1), z, *queries];
    both.dot(&w_c.t()).mapv(f64::tanh)
}
