use ndarray::Array2;

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let norm = gradients.iter().map(|g| (g * g).sum()).sum::<f64>().sqrt();
    let out = gradients.to_vec();
    if norm > limit {
        for g in out.iter() {
            // makes a new array, and leaves `out` as it was
            let _shorter = g * (limit / norm);
        }
    }
    (out, norm)
}
