use ndarray::{Array1, Array2};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let mut z = Array2::zeros((tokens.len(), w.nrows()));
    for (t, &token) in tokens.iter().enumerate() {
        let h = output(token, w, a);
        for v in 0..w.nrows() {
            for i in 0..w.ncols() {
                z[[t, v]] += h[i] * w[[v, i]];
            }
        }
    }
    z
}

pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let (vocabulary, width) = w.dim();
    let mut d_w = Array2::zeros((vocabulary, width));
    for (t, &token) in tokens.iter().enumerate() {
        let h = output(token, w, a);
        for i in 0..width {
            let mut d_h = 0.0;
            for v in 0..vocabulary {
                d_w[[v, i]] += d_z[[t, v]] * h[i];
                d_h += d_z[[t, v]] * w[[v, i]];
            }
            let d_before = d_h * (1.0 - h[i] * h[i]);
            for j in 0..width {
                d_w[[token, j]] += d_before * a[[i, j]];
            }
        }
    }
    d_w
}

/// H of one place.
fn output(token: usize, w: &Array2<f64>, a: &Array2<f64>) -> Array1<f64> {
    a.dot(&w.row(token)).tanh()
}
