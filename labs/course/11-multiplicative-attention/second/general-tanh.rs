use ndarray::{s, Array2, Axis};

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    queries.dot(&states.t())
}

pub fn general_scores(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    let hidden = w.dot(&states.t()).mapv(f64::tanh);
    queries.dot(&hidden)
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    let c = states.ncols();
    let scores = general_scores(queries, states, w);
    let max = scores.map_axis(Axis(1), |r| r.iter().copied().fold(f64::NEG_INFINITY, f64::max)).insert_axis(Axis(1));
    let e = (scores - max).mapv(f64::exp);
    let alpha = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1));
    let z = alpha.dot(states);
    let from_context = z.dot(&w_c.slice(s![.., ..c]).t());
    let from_query = queries.dot(&w_c.slice(s![.., c..]).t());
    (from_context + from_query).mapv(f64::tanh)
}
