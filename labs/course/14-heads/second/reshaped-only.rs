use ndarray::{Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (b, t, d) = x.dim();
    let numbers: Vec<f64> = x.iter().copied().collect();
    Array4::from_shape_vec((b, heads, t, d / heads), numbers).unwrap()
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (b, n, t, k) = x.dim();
    Array3::from_shape_fn((b, t, n * k), |(b, t, c)| x[[b, c / k, t, c % k]])
}
