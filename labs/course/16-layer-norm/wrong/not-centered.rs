use ndarray::{Array1, Array2, Axis};

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let mean = x.mean_axis(Axis(1)).expect("rows are not empty").insert_axis(Axis(1));
    let centered = x - &mean;
    let variance = (&centered * &centered).mean_axis(Axis(1)).expect("rows are not empty").insert_axis(Axis(1));
    let normalized = x / (variance + epsilon).sqrt();
    normalized * gain + bias
}
