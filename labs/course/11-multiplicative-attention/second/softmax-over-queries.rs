use ndarray::{concatenate, Array2, Axis};

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
    let top = scores.map_axis(Axis(0), |col| col.iter().cloned().fold(f64::MIN, f64::max));
    let e = (scores - &top).mapv(f64::exp);
    let total = e.sum_axis(Axis(0));
    let context = (e / &total).dot(states);
    let both = concatenate(Axis(1), &[context.view(), queries.view()]).unwrap();
    both.dot(&w_c.t()).mapv(f64::tanh)
}
