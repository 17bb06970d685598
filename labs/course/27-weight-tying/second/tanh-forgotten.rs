use ndarray::{Array1, Array2};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let mut z = Array2::zeros((tokens.len(), w.nrows()));
    for t in 0..tokens.len() {
        let h = a.dot(&w.row(tokens[t]));
        for v in 0..w.nrows() {
            z[[t, v]] = h.dot(&w.row(v));
        }
    }
    z
}

pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let mut x = Array2::zeros((tokens.len(), w.ncols()));
    for (mut row, &token) in x.outer_iter_mut().zip(tokens.iter()) {
        row.assign(&w.row(token));
    }
    let h = x.dot(&a.t()).mapv(f64::tanh);
    let d_u = (1.0 - &h * &h) * d_z.dot(w);
    let d_x = d_u.dot(a);
    let mut from_input = Array2::zeros(w.raw_dim());
    for t in 0..tokens.len() {
        from_input.row_mut(tokens[t]).scaled_add(1.0, &d_x.row(t));
    }
    d_z.t().dot(&h) + from_input
}
