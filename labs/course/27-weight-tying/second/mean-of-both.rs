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
    let h = w.select(Axis(0), &tokens.to_vec()).dot(&a.t()).mapv(f64::tanh);
    let output = d_z.t().dot(&h);
    let mut input = Array2::<f64>::zeros(w.dim());
    let d_x = (d_z.dot(w) * h.mapv(|v| 1.0 - v * v)).dot(a);
    for (t, &token) in tokens.iter().enumerate() {
        let mut row = input.row_mut(token);
        row += &d_x.row(t);
    }
    (output + input) / 2.0
}
