use ndarray::{Array1, Array2};

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let (rows, cols) = x.dim();
    let mut y = Array2::<f64>::zeros((rows, cols));
    for (row, mut out) in x.outer_iter().zip(y.outer_iter_mut()) {
        let mean = row.mean().unwrap();
        let var = row.var(0.0);
        let z = row.mapv(|v| (v - mean) / (var + epsilon).sqrt());
        out.assign(&((z + bias) * gain));
    }
    y
}
