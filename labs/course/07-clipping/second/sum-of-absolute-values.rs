use ndarray::Array2;

fn size(gradients: &[Array2<f64>]) -> f64 {
    let mut s = 0.0;
    for g in gradients {
        s += g.mapv(f64::abs).sum();
    }
    s
}

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let size = size(gradients);
    let new = match size > limit {
        true => gradients.iter().map(|g| g * limit / size).collect(),
        false => gradients.to_vec(),
    };
    (new, size)
}
