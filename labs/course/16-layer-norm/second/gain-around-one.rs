use ndarray::{Array1, Array2};

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let d = x.ncols() as f64;
    let mut y = x.to_owned();
    y.outer_iter_mut().for_each(|mut row| {
        let mu = row.sum() / d;
        row -= mu;
        let root = (row.iter().map(|v| v * v).sum::<f64>() / d + epsilon).sqrt();
        for (i, v) in row.iter_mut().enumerate() {
            let n = *v / root;
            *v = n + gain[i] * n + bias[i];
        }
    });
    y
}
