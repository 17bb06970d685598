use ndarray::{Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (b, t, d) = x.dim();
    let parts = x.to_shape((b, t, heads, d / heads)).unwrap();
    let moved = parts.view().permuted_axes([0, 2, 3, 1]);
    moved.as_standard_layout().to_owned()
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (batch, heads, time, k) = x.dim();
    let mut out = Array3::<f64>::zeros((batch, time, heads * k));
    for ((b, n, t, i), value) in x.indexed_iter() {
        out[[b, t, n * k + i]] = *value;
    }
    out
}
