use ndarray::{Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (batch, length, width) = x.dim();
    let mut split = Array4::zeros((batch, heads, length, width / heads));
    for ((b, n, t, k), element) in split.indexed_iter_mut() {
        *element = x[[b, t, n * (width / heads) + k]];
    }
    split
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (batch, heads, length, width) = x.dim();
    let mut merged = Array3::zeros((batch, length, heads * width));
    for ((b, n, t, k), element) in x.indexed_iter() {
        merged[[b, t, n * width + k]] = *element;
    }
    merged
}
