use ndarray::{Array1, Array2, Axis};

pub fn rms_norm(x: &Array2<f64>, gain: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let squares = x * x;
    let mean = squares.mean_axis(Axis(1)).expect("rows are not empty").insert_axis(Axis(1)); // (M, 1)
    let root = mean.sqrt();
    let _ = epsilon;
    x / &root * gain
}
