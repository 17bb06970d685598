use ndarray::{Array1, Array2, Array3, Axis};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    Array2::from_shape_fn(h.dim(), |(n, k)| {
        (w_xh.row(k).dot(&x.row(n)) + w_hh.row(k).dot(&h.row(n)) + b[k]).tanh()
    })
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let mut res = Array3::zeros((xs.dim().0, xs.dim().1, h0.dim().1));
    let mut h = h0.clone();
    let mut left = xs.dim().1;
    while left > 0 {
        left -= 1;
        h = elman_step(&xs.index_axis(Axis(1), left).to_owned(), &h, w_xh, w_hh, b);
        res.index_axis_mut(Axis(1), left).assign(&h);
    }
    res
}
