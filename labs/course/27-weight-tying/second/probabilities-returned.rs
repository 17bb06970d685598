use ndarray::{Array1, Array2, Axis};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let x = w.select(Axis(0), &tokens.to_vec());
    let h = x.dot(&a.t()).mapv(f64::tanh);
    let mut z = h.dot(&w.t());
    for mut row in z.outer_iter_mut() {
        let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        row.mapv_inplace(|v| (v - max).exp());
        let total = row.sum();
        row.mapv_inplace(|v| v / total);
    }
    z
}

pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let x = w.select(Axis(0), &tokens.to_vec());
    let h = x.dot(&a.t()).mapv(f64::tanh);
    let mut d_w = d_z.t().dot(&h);
    let d_h = d_z.dot(w);
    let d_x = (d_h * h.mapv(|v| 1.0 - v * v)).dot(a);
    for (t, &token) in tokens.iter().enumerate() {
        let mut row = d_w.row_mut(token);
        row += &d_x.row(t);
    }
    d_w
}
