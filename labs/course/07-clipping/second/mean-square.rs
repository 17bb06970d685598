use ndarray::Array2;

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let flat: Vec<f64> = gradients.iter().flat_map(|g| g.iter().copied()).collect();
    if flat.is_empty() {
        return (gradients.to_vec(), 0.0);
    }
    let ms = flat.iter().map(|v| v * v).sum::<f64>() / flat.len() as f64;
    let rms = ms.sqrt();
    let factor = (limit / rms).min(1.0);
    let out = gradients.iter().map(|g| g.map(|v| v * factor)).collect();
    (out, rms)
}
