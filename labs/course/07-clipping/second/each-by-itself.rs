use ndarray::Array2;

fn norm_of(g: &Array2<f64>) -> f64 {
    g.iter().map(|v| v * v).sum::<f64>().sqrt()
}

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let clipped = gradients
        .iter()
        .map(|g| {
            let own = norm_of(g);
            if own > limit {
                g * (limit / own)
            } else {
                g.clone()
            }
        })
        .collect();
    let whole = gradients.iter().map(|g| norm_of(g).powi(2)).sum::<f64>().sqrt();
    (clipped, whole)
}
