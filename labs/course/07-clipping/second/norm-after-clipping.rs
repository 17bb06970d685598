use ndarray::Array2;

fn global_norm(all: &[Array2<f64>]) -> f64 {
    let mut sum = 0.0;
    for one in all {
        for v in one {
            sum += v * v;
        }
    }
    sum.sqrt()
}

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let mut gradients: Vec<Array2<f64>> = gradients.iter().cloned().collect();
    let norm = global_norm(&gradients);
    if norm > limit {
        gradients.iter_mut().for_each(|g| g.mapv_inplace(|v| v * limit / norm));
    }
    let norm = global_norm(&gradients);
    (gradients, norm)
}
