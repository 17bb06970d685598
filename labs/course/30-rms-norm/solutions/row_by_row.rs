use ndarray::{Array1, Array2};

pub fn rms_norm(x: &Array2<f64>, gain: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let mut y = x.clone();
    for mut row in y.rows_mut() {
        let width = row.len() as f64;
        // √(Σ x²/D + ε) = √((Σ x² + D ε) / D)
        let factor = (width / (row.dot(&row) + width * epsilon)).sqrt();
        for (element, gain) in row.iter_mut().zip(gain) {
            *element *= factor * gain;
        }
    }
    y
}
