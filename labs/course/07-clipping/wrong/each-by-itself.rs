use ndarray::Array2;

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let norm = gradients.iter().map(|gradient| (gradient * gradient).sum()).sum::<f64>().sqrt();
    let clip = |gradient: &Array2<f64>| {
        let own = (gradient * gradient).sum().sqrt();
        gradient * if own > limit { limit / own } else { 1.0 }
    };
    (gradients.iter().map(clip).collect(), norm)
}
