use ndarray::{Array1, Array2, Array3, Axis};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let a = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b;
    a.mapv(f64::tanh)
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let mut out = Array3::zeros((xs.dim().0, xs.dim().1, h0.ncols()));
    xs.axis_iter(Axis(1))
        .map(|x| elman_step(&x.to_owned(), h0, w_xh, w_hh, b))
        .enumerate()
        .for_each(|(t, h)| out.index_axis_mut(Axis(1), t).assign(&h));
    out
}
