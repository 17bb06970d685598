use ndarray::{Array1, Array2, Axis};

pub fn rms_norm(x: &Array2<f64>, gain: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let squares = x * x;
    let mean = squares.mean_axis(Axis(0)).expect("columns are not empty"); // (D)
    let root = (mean + epsilon).sqrt();
    x / &root * gain
}
