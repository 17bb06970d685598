use ndarray::{Array1, Array2, Axis};

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    queries.dot(&states.t())
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
    let _ = w;
    let mean = states.mean_axis(Axis(0)).unwrap();
    let mut h = Array2::<f64>::zeros((queries.nrows(), w_c.nrows()));
    for t in 0..queries.nrows() {
        let input: Array1<f64> = mean.iter().chain(queries.row(t).iter()).copied().collect();
        h.row_mut(t).assign(&w_c.dot(&input).mapv(f64::tanh));
    }
    h
}
