use ndarray::{Array1, Array2};

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let (m, d) = x.dim();
    let mut y = Array2::<f64>::zeros((m, d));
    for r in 0..m {
        let mut mean = 0.0;
        for i in 0..d {
            mean += x[[r, i]];
        }
        mean /= d as f64;
        let mut squares = 0.0;
        for i in 0..d {
            let off = x[[r, i]] - mean;
            squares += off * off;
        }
        let variance = squares / (d as f64 - 1.0);
        for i in 0..d {
            y[[r, i]] = gain[i] * (x[[r, i]] - mean) / (variance + epsilon).sqrt() + bias[i];
        }
    }
    y
}
