use ndarray::{Array1, Array2, Axis};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let x = w.select(Axis(0), &tokens.to_vec());
    let h = x.dot(&a.t()).mapv(f64::tanh);
    h.dot(&w.t())
}

pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let h = w.select(Axis(0), &tokens.to_vec()).dot(&a.t()).mapv(f64::tanh);
    let output = d_z.t().dot(&h);
    let d_x = (d_z.dot(w) * h.mapv(|v| 1.0 - v * v)).dot(a);
    let mut grad = Array2::zeros(w.raw_dim());
    for &token in tokens {
        grad.row_mut(token).assign(&output.row(token));
    }
    for (t, &token) in tokens.iter().enumerate() {
        let mut row = grad.row_mut(token);
        row += &d_x.row(t);
    }
    grad
}
