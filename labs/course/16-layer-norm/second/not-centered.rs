use ndarray::{Array1, Array2, ArrayView1};

fn variance(row: ArrayView1<f64>) -> f64 {
    let n = row.len() as f64;
    let mean = row.sum() / n;
    row.fold(0.0, |acc, v| acc + (v - mean) * (v - mean)) / n
}

pub fn layer_norm(x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>, epsilon: f64) -> Array2<f64> {
    let mut out = Vec::with_capacity(x.len());
    for row in x.outer_iter() {
        let root = (variance(row) + epsilon).sqrt();
        out.extend(row.iter().zip(gain).zip(bias).map(|((v, g), b)| g * v / root + b));
    }
    Array2::from_shape_vec(x.dim(), out).unwrap()
}
