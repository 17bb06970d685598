use ndarray::{Array1, Array2};

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let d = x.ncols() as f64;
    let mut y = Array2::<f64>::zeros(x.dim());
    for (r, row) in x.outer_iter().enumerate() {
        let mut sum = 0.0;
        let mut sum_of_squares = 0.0;
        for v in row {
            sum += v;
            sum_of_squares += v * v;
        }
        let mu = sum / d;
        let var = sum_of_squares / d;
        let scale = 1.0 / (var + epsilon).sqrt();
        for i in 0..x.ncols() {
            y[[r, i]] = (row[i] - mu) * scale * gain[i] + bias[i];
        }
    }
    y
}
