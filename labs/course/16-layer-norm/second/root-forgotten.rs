use ndarray::{Array1, Array2, Axis};

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let mean = x.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1));
    let variance = x.var_axis(Axis(1), 0.0).insert_axis(Axis(1));
    let mut y = x - &mean;
    y /= &(variance + epsilon);
    y *= gain;
    y += bias;
    y
}
