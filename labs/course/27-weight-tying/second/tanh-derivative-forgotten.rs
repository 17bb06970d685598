use ndarray::{Array1, Array2, Axis};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let x = w.select(Axis(0), &tokens.to_vec());
    let h = x.dot(&a.t()).mapv(f64::tanh);
    h.dot(&w.t())
}

pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let mut grad = Array2::zeros(w.raw_dim());
    for (t, &token) in tokens.iter().enumerate() {
        let h = a.dot(&w.row(token)).mapv(f64::tanh);
        for v in 0..w.nrows() {
            grad.row_mut(v).scaled_add(d_z[[t, v]], &h);
        }
        let d_h = w.t().dot(&d_z.row(t));
        let d_x = a.t().dot(&d_h);
        grad.row_mut(token).scaled_add(1.0, &d_x);
    }
    grad
}
