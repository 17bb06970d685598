use ndarray::{Array1, Array2, Axis};

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let mean_square = (x * x).mean_axis(Axis(1)).unwrap();
    let rms = (mean_square + epsilon).mapv(f64::sqrt);
    let mut y = x.clone();
    for (mut row, r) in y.outer_iter_mut().zip(rms.iter()) {
        row.mapv_inplace(|v| v / r);
    }
    y * gain + bias
}
