use ndarray::{concatenate, Array3, Array4, ArrayView3, Axis};

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
    let mut pieces: Vec<ArrayView3<f64>> = Vec::new();
    for head in x.axis_iter(Axis(1)) {
        pieces.insert(0, head);
    }
    concatenate(Axis(2), &pieces).unwrap()
}
