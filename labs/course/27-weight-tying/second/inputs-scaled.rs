use ndarray::{Array1, Array2};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let scale = (w.ncols() as f64).sqrt();
    let mut z = Array2::zeros((tokens.len(), w.nrows()));
    for (i, &token) in tokens.iter().enumerate() {
        let x = &w.row(token) * scale;
        let h = a.dot(&x).mapv(f64::tanh);
        z.row_mut(i).assign(&w.dot(&h));
    }
    z
}

pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let (v_count, d) = w.dim();
    let mut grad = Array2::zeros((v_count, d));
    for (t, &token) in tokens.iter().enumerate() {
        let h: Vec<f64> = (0..d).map(|i| (0..d).map(|j| a[[i, j]] * w[[token, j]]).sum::<f64>().tanh()).collect();
        for i in 0..d {
            let mut d_h = 0.0;
            for v in 0..v_count {
                grad[[v, i]] += d_z[[t, v]] * h[i];
                d_h += d_z[[t, v]] * w[[v, i]];
            }
            let d_u = d_h * (1.0 - h[i] * h[i]);
            for j in 0..d {
                grad[[token, j]] += d_u * a[[i, j]];
            }
        }
    }
    grad
}
