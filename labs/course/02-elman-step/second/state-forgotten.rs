use ndarray::{Array1, Array2, Array3, Axis};

pub fn elman_step(
    x: &Array2<f64>,
    _h: &Array2<f64>,
    w_xh: &Array2<f64>,
    _w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let projected = x.dot(&w_xh.t());
    let shifted = projected + &b.view().insert_axis(Axis(0));
    shifted.mapv(f64::tanh)
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let mut outputs = Array3::zeros((xs.dim().0, xs.dim().1, w_xh.nrows()));
    xs.axis_iter(Axis(1))
        .enumerate()
        .fold(h0.clone(), |h, (t, x)| {
            let next = elman_step(&x.to_owned(), &h, w_xh, w_hh, b);
            outputs.index_axis_mut(Axis(1), t).assign(&next);
            next
        });
    outputs
}
