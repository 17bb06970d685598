use ndarray::Array2;

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let mut sum = 0.0;
    let mut out = gradients.to_vec();
    for g in out.iter_mut() {
        for v in g.iter_mut() {
            sum += *v * *v;
            if *v > limit {
                *v = limit;
            } else if *v < -limit {
                *v = -limit;
            }
        }
    }
    (out, f64::sqrt(sum))
}
