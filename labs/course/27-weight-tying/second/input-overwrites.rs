use ndarray::{Array1, Array2, Axis};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let mut z = Array2::zeros((tokens.len(), w.nrows()));
    for (mut row, &token) in z.outer_iter_mut().zip(tokens) {
        let h = a.dot(&w.row(token)).mapv(|u| u.tanh());
        row.assign(&w.dot(&h));
    }
    z
}

pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let x = w.select(Axis(0), &tokens.to_vec());
    let h = x.dot(&a.t()).mapv(f64::tanh);
    let mut grad = d_z.t().dot(&h);
    let d_x = (d_z.dot(w) * (1.0 - &h * &h)).dot(a);
    for (&token, row) in tokens.iter().zip(d_x.outer_iter()) {
        grad.row_mut(token).assign(&row);
    }
    grad
}
