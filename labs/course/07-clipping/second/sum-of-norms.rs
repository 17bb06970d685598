use ndarray::Array2;

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let norms: Vec<f64> = gradients.iter().map(|g| (g * g).sum().sqrt()).collect();
    let total: f64 = norms.iter().sum();
    if total <= limit {
        return (gradients.to_vec(), total);
    }
    let shrink = limit / total;
    (gradients.iter().map(|g| g.mapv(|v| v * shrink)).collect(), total)
}
