use ndarray::{Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (b, t, d) = x.dim();
    let four = x.to_shape((b, t, heads, d / heads)).unwrap();
    four.permuted_axes([0, 2, 1, 3]).as_standard_layout().into_owned()
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (b, n, t, k) = x.dim();
    x.view()
        .permuted_axes([0, 2, 3, 1])
        .as_standard_layout()
        .into_owned()
        .into_shape_with_order((b, t, k * n))
        .unwrap()
}
