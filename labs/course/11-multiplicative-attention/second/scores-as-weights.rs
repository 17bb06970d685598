use ndarray::{s, Array2};

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    queries.dot(&states.t())
}

pub fn general_scores(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    queries.dot(w).dot(&states.t())
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    let weights = general_scores(queries, states, w);
    let context = weights.dot(states);
    let split = states.ncols();
    let mut h = context.dot(&w_c.slice(s![.., 0..split]).t());
    h += &queries.dot(&w_c.slice(s![.., split..]).t());
    h.mapv_inplace(f64::tanh);
    h
}
