use ndarray::{Array1, Array2, Axis};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let x = w.select(Axis(0), &tokens.to_vec());
    let h = x.dot(&a.t()).mapv(f64::tanh);
    h.dot(&w.t())
}

pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let x = w.select(Axis(0), &tokens.to_vec());
    let h = x.dot(&a.t()).mapv(f64::tanh);
    let d_x = (d_z.dot(w) * (1.0 - h.mapv(|v| v * v))).dot(a);
    let mut total = d_z.t().dot(&x);
    for (row, &token) in d_x.rows().into_iter().zip(tokens.iter()) {
        let mut target = total.row_mut(token);
        target += &row;
    }
    total
}
