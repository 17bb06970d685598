use ndarray::{Array1, Array2};

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let mut y = Array2::zeros(x.dim());
    let width = x.ncols() as f64;
    for row in 0..x.nrows() {
        let mut sum = 0.0;
        let mut squares = 0.0;
        for i in (0..x.ncols()).rev() {
            sum += x[[row, i]];
            squares += x[[row, i]] * x[[row, i]];
        }
        let mean = sum / width;
        let variance = squares / width - mean * mean;
        let factor = 1.0 / (variance + epsilon).sqrt();
        for i in 0..x.ncols() {
            y[[row, i]] = gain[i] * factor * x[[row, i]] + (bias[i] - gain[i] * factor * mean);
        }
    }
    y
}
