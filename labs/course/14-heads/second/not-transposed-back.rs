use ndarray::{Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (batch, time, width) = x.dim();
    let k = width / heads;
    let mut out = Array4::<f64>::zeros((batch, heads, time, k));
    for n in 0..heads {
        let part = x.slice(ndarray::s![.., .., n * k..(n + 1) * k]);
        out.slice_mut(ndarray::s![.., n, .., ..]).assign(&part);
    }
    out
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (b, n, t, k) = x.dim();
    x.to_shape((b, t, n * k)).unwrap().into_owned()
}
