use ndarray::{Array1, Array2, Axis, Zip};

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
    let mut d_w = d_z.t().dot(&h);
    let mut d_u = d_z.dot(w);
    Zip::from(&mut d_u).and(&h).for_each(|g, &v| *g *= 1.0 - v * v);
    let d_x = d_u.dot(&a.t());
    for (t, &token) in tokens.iter().enumerate() {
        d_w.row_mut(token).scaled_add(1.0, &d_x.row(t));
    }
    d_w
}
