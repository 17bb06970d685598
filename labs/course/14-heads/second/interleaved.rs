use ndarray::{s, Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (b, t, d) = x.dim();
    let mut out = Array4::<f64>::zeros((b, heads, t, d / heads));
    for n in 0..heads {
        let every_nth = x.slice(s![.., .., n..;heads]);
        out.slice_mut(s![.., n, .., ..]).assign(&every_nth);
    }
    out
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (b, n, t, k) = x.dim();
    let swapped = x.view().permuted_axes([0, 2, 1, 3]).as_standard_layout().into_owned();
    swapped.into_shape_with_order((b, t, n * k)).unwrap()
}
