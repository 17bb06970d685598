use ndarray::Array2;

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let mut squares = 0.0;
    for g in gradients {
        squares += g.mapv(|v| v.powi(2)).sum();
    }
    let norm = squares.sqrt();
    let factor = limit / norm;
    (gradients.iter().map(|g| g * factor).collect(), norm)
}
