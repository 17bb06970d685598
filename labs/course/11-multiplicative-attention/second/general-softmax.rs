use ndarray::Array2;

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn((queries.nrows(), states.nrows()), |(t, j)| queries.row(t).dot(&states.row(j)))
}

pub fn general_scores(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    let mut scores = dot_scores(&queries.dot(w), states);
    for t in 0..scores.nrows() {
        let mut biggest = scores[[t, 0]];
        for j in 1..scores.ncols() {
            biggest = biggest.max(scores[[t, j]]);
        }
        let mut total = 0.0;
        for j in 0..scores.ncols() {
            scores[[t, j]] = (scores[[t, j]] - biggest).exp();
            total += scores[[t, j]];
        }
        for j in 0..scores.ncols() {
            scores[[t, j]] /= total;
        }
    }
    scores
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    // the softmax is in general_scores
    let context = general_scores(queries, states, w).dot(states);
    let joined = ndarray::concatenate(ndarray::Axis(1), &[context.view(), queries.view()]).unwrap();
    joined.dot(&w_c.t()).mapv(|x| x.tanh())
}
