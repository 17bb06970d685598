use ndarray::Array2;

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let mut biggest = 0.0f64;
    for gradient in gradients {
        let mut length = 0.0;
        for row in gradient.rows() {
            length += row.dot(&row);
        }
        biggest = biggest.max(length.sqrt());
    }
    let scale = if biggest > limit { limit / biggest } else { 1.0 };
    let mut all = Vec::with_capacity(gradients.len());
    for gradient in gradients {
        all.push(gradient * scale);
    }
    (all, biggest)
}
