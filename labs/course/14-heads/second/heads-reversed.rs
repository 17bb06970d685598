use ndarray::{s, stack, Array3, Array4, ArrayView3, Axis};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let k = x.dim().2 / heads;
    let slices: Vec<ArrayView3<f64>> = (0..heads)
        .rev()
        .map(|n| x.slice(s![.., .., n * k..n * k + k]))
        .collect();
    stack(Axis(1), &slices).unwrap()
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (b, n, t, k) = x.dim();
    let swapped = x.view().permuted_axes([0, 2, 1, 3]).as_standard_layout().into_owned();
    swapped.into_shape_with_order((b, t, n * k)).unwrap()
}
