use ndarray::Array2;

pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    queries.dot(&states.t())
}

pub fn general_scores(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    let projected = states.dot(&w.t());
    let dots = dot_scores(queries, &projected);
    -dots
}

pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    let scores = general_scores(queries, states, w);
    let c = states.ncols();
    let mut h = Array2::<f64>::zeros(queries.dim());
    for t in 0..queries.nrows() {
        let row = scores.row(t);
        let biggest = row.iter().cloned().fold(f64::MIN, f64::max);
        let e: Vec<f64> = row.iter().map(|x| (x - biggest).exp()).collect();
        let total: f64 = e.iter().sum();
        let mut input = vec![0.0; c + queries.ncols()];
        for j in 0..states.nrows() {
            for i in 0..c {
                input[i] += e[j] / total * states[[j, i]];
            }
        }
        for i in 0..queries.ncols() {
            input[c + i] = queries[[t, i]];
        }
        for o in 0..w_c.nrows() {
            let mut sum = 0.0;
            for i in 0..input.len() {
                sum += w_c[[o, i]] * input[i];
            }
            h[[t, o]] = sum.tanh();
        }
    }
    h
}
