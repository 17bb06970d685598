use ndarray::Array2;

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let norm = gradients.iter().flat_map(|g| g.iter()).fold(0.0, |acc, v| acc + v * v);
    let mut result: Vec<Array2<f64>> = gradients.to_vec();
    if norm > limit {
        for g in &mut result {
            *g *= limit / norm;
        }
    }
    (result, norm)
}
