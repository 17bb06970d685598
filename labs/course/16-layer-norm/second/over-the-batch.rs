use ndarray::{Array1, Array2, Axis};

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let mean = x.mean_axis(Axis(0)).unwrap();
    let centered = x - &mean;
    let variance = centered.mapv(|c| c * c).mean_axis(Axis(0)).unwrap();
    let deviation = variance.mapv(|s| (s + epsilon).sqrt());
    centered / &deviation * gain + bias
}
