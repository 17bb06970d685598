use ndarray::Array2;

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    let entry = |(t, j): (usize, usize)| {
        let difference = &queries.row(t) - &states.row(j);
        -difference.iter().map(|d| d * d).sum::<f64>()
    };
    Array2::from_shape_fn((queries.nrows(), states.nrows()), entry)
}

pub fn general_scores(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    queries.dot(w).dot(&states.t())
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
