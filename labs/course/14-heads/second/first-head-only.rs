use ndarray::{Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (b, t, d) = x.dim();
    let width = d / heads;
    Array4::from_shape_fn((b, heads, t, width), |(b, n, t, k)| x[[b, t, n * width + k]])
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (b, n, t, k) = x.dim();
    Array3::from_shape_fn((b, t, n * k), |(b, t, column)| x[[b, 0, t, column % k]])
}
