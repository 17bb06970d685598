use ndarray::{Array1, Array2, Array3, Axis};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let (batch, time, _) = xs.dim();
    let mut out = Array3::zeros((batch, time, h0.ncols()));
    let mut h = h0.clone();
    for t in 0..time {
        let x = xs.index_axis(Axis(1), t).to_owned();
        h = elman_step(&x, &h, w_xh, w_hh, b);
        out.index_axis_mut(Axis(1), t).assign(&h);
    }
    out
}
