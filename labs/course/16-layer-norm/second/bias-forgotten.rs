use ndarray::{Array1, Array2, Axis};

fn normalise(x: &Array2<f64>, epsilon: f64) -> Array2<f64> {
    let mu = x.sum_axis(Axis(1)) / x.ncols() as f64;
    let centered = x - &mu.insert_axis(Axis(1));
    let var = centered.map_axis(Axis(1), |r| r.dot(&r) / r.len() as f64);
    centered / var.mapv(|v| (v + epsilon).sqrt()).insert_axis(Axis(1))
}

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let _ = bias;
    normalise(x, epsilon) * gain
}
