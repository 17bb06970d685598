use ndarray::{Array1, Array2, Axis};

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
    let h = w.select(Axis(0), &tokens.to_vec()).dot(&a.t()).mapv(f64::tanh);
    let d_x = (d_z.dot(w) * (1.0 - &h * &h)).dot(a);
    let mut d_w = d_z.t().dot(&h);
    for t in 0..tokens.len() {
        for i in 0..w.ncols() {
            d_w[[t, i]] += d_x[[t, i]];
        }
    }
    d_w
}
