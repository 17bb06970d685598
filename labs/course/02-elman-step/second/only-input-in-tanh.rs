use ndarray::{Array1, Array2, Array3, Axis};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let mut out = h.dot(&w_hh.t());
    let squashed = (x.dot(&w_xh.t()) + b).mapv(f64::tanh);
    out += &squashed;
    out
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    // time first, then turned round
    let (n, t_max, _) = xs.dim();
    let mut by_time = Array3::<f64>::zeros((t_max, n, h0.ncols()));
    let mut h = h0.clone();
    for t in 0..t_max {
        h = elman_step(&xs.index_axis(Axis(1), t).to_owned(), &h, w_xh, w_hh, b);
        by_time.index_axis_mut(Axis(0), t).assign(&h);
    }
    by_time.permuted_axes([1, 0, 2]).as_standard_layout().to_owned()
}
