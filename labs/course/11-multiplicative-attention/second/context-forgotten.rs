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
    let projected = states.dot(&w.t());
    queries.dot(&projected.t())
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    let _ = w;
    let c = states.ncols();
    let mut input = Array2::<f64>::zeros((queries.nrows(), c + queries.ncols()));
    input.slice_mut(s![.., c..]).assign(queries);
    input.dot(&w_c.t()).mapv(f64::tanh)
}
