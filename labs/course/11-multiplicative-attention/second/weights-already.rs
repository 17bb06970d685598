use ndarray::{s, Array2, Axis};

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    let raw = queries.dot(&states.t());
    let top = raw.fold_axis(Axis(1), f64::NEG_INFINITY, |m, x| m.max(*x));
    let e = (&raw - &top.insert_axis(Axis(1))).mapv(f64::exp);
    let sums = e.sum_axis(Axis(1)).insert_axis(Axis(1));
    e / sums
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
