use ndarray::{Array1, Array2};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let (v_count, d) = w.dim();
    let mut z = Array2::zeros((tokens.len(), v_count));
    for (t, &token) in tokens.iter().enumerate() {
        let mut h = vec![0.0; d];
        for i in 0..d {
            let mut sum = 0.0;
            for j in 0..d {
                sum += a[[i, j]] * w[[token, j]];
            }
            h[i] = sum.tanh();
        }
        for v in 0..v_count {
            z[[t, v]] = (0..d).map(|i| h[i] * w[[v, i]]).sum();
        }
    }
    z
}

pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let mut d_w = Array2::zeros(w.dim());
    for (t, &token) in tokens.iter().enumerate() {
        let h = a.dot(&w.row(token)).mapv(f64::tanh);
        let d_h = d_z.row(t).dot(w);
        let d_u = d_h * h.mapv(|v| 1.0 - v.powi(2));
        let d_x = d_u.dot(a);
        let mut row = d_w.row_mut(token);
        row += &d_x;
    }
    d_w
}
