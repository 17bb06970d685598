use ndarray::{Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (batch, length, width) = x.dim();
    x.to_shape((batch, heads, length, width / heads)).expect("as many elements").into_owned()
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (batch, heads, length, width) = x.dim();
    let together = x.view().permuted_axes([0, 2, 1, 3]); // (B, T, N, K)
    together.to_shape((batch, length, heads * width)).expect("as many elements").into_owned()
}
