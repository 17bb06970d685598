use ndarray::{Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (batch, length, width) = x.dim();
    let split = x.to_shape((batch, length, heads, width / heads)).expect("the width is divisible by the heads");
    split.permuted_axes([0, 2, 1, 3]).as_standard_layout().into_owned() // (B, N, T, K)
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (batch, heads, length, width) = x.dim();
    Array3::from_shape_fn((batch, length, heads * width), |(b, t, column)| x[[b, 0, t, column % width]])
}
