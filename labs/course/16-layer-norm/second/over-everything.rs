use ndarray::{Array1, Array2};

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let count = x.len() as f64;
    let mu = x.iter().sum::<f64>() / count;
    let sigma2 = x.iter().map(|v| (v - mu).powi(2)).sum::<f64>() / count;
    let mut y = x.clone();
    for ((_, i), value) in y.indexed_iter_mut() {
        *value = gain[i] * (*value - mu) / (sigma2 + epsilon).sqrt() + bias[i];
    }
    y
}
