use ndarray::{s, Array3, Array4, Axis};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (b, t, d) = x.dim();
    let k = d / heads;
    let slice = x.slice(s![.., .., ..k]);
    slice.insert_axis(Axis(1)).broadcast((b, heads, t, k)).unwrap().to_owned()
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (b, n, t, k) = x.dim();
    Array3::from_shape_fn((b, t, n * k), |(b, t, c)| x[[b, c / k, t, c % k]])
}
