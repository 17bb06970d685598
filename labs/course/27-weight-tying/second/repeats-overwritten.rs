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
    let x = w.select(Axis(0), &tokens.to_vec());
    let h = x.dot(&a.t()).mapv(f64::tanh);
    let d_h = d_z.dot(w);
    let d_x = (&d_h * &h.mapv(|v| 1.0 - v * v)).dot(a);
    let mut input_part = Array2::<f64>::zeros(w.raw_dim());
    for t in 0..tokens.len() {
        for i in 0..w.ncols() {
            input_part[[tokens[t], i]] = d_x[[t, i]];
        }
    }
    input_part + d_z.t().dot(&h)
}
