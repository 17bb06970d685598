use ndarray::{Array1, Array2, Axis};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let x = w.select(Axis(0), &tokens.to_vec());
    let h = x.dot(&a.t()).mapv(f64::tanh);
    let mut u = w.clone();
    for mut row in u.rows_mut() {
        let length = row.dot(&row).sqrt();
        row /= length;
    }
    h.dot(&u.t())
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
