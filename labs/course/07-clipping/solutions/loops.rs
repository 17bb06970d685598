use ndarray::Array2;

pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    let mut squares = 0.0;
    for gradient in gradients.iter().rev() {
        for element in gradient {
            squares += element * element;
        }
    }
    let norm = squares.sqrt();
    let mut clipped = gradients.to_vec();
    if norm > limit {
        for element in clipped.iter_mut().flatten() {
            *element /= norm / limit;
        }
    }
    (clipped, norm)
}
