use ndarray::{s, Array1, Array2, Array3, Axis};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let mut out = x.dot(&w_xh.t()) + h.dot(&w_hh.t());
    for mut row in out.axis_iter_mut(Axis(0)) {
        row.zip_mut_with(b, |v, bias| *v = (*v + bias).tanh());
    }
    out
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let (n, t_max, _) = xs.dim();
    let mut outs = Array3::zeros((n, t_max, h0.ncols()));
    let mut h = h0.clone();
    for t in 0..t_max {
        h = elman_step(&xs.slice(s![.., t, ..]).to_owned(), &h, w_xh, w_hh, b);
        for mut place in outs.axis_iter_mut(Axis(1)) {
            place.assign(&h);
        }
    }
    outs
}
