use ndarray::{Array2, s};

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    let places = (queries.nrows(), states.nrows());
    Array2::from_shape_fn(places, |(t, j)| queries.row(t).iter().zip(states.row(j)).map(|(q, s)| q * s).sum())
}

pub fn general_scores(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    dot_scores(queries, &states.dot(&w.t()))
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    let scores = general_scores(queries, states, w);
    let width = states.ncols();
    let (of_context, of_query) = (w_c.slice(s![.., ..width]), w_c.slice(s![.., width..]));
    let mut h = queries.dot(&of_query.t());
    for t in 0..queries.nrows() {
        let total = scores.row(t).mapv(f64::exp).sum().ln();
        for j in 0..states.nrows() {
            let weight = (scores[[t, j]] - total).exp();
            let said = of_context.dot(&states.row(j)) * weight;
            h.row_mut(t).scaled_add(1.0, &said);
        }
    }
    h.tanh()
}
