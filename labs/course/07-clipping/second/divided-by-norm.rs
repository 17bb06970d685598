use ndarray::Array2;

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let norm = gradients
        .iter()
        .map(|g| g.iter().map(|v| v.powi(2)).sum::<f64>())
        .sum::<f64>()
        .sqrt();
    let too_long = norm > limit;
    let out = gradients
        .iter()
        .map(|g| if too_long { g / norm } else { g.to_owned() })
        .collect();
    (out, norm)
}
