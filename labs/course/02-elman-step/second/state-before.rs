use ndarray::{Array1, Array2, Array3, Axis};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    (b + &x.dot(&w_xh.t()) + &h.dot(&w_hh.t())).mapv(f64::tanh)
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let mut states = vec![h0.clone()];
    for x in xs.axis_iter(Axis(1)) {
        let next = elman_step(&x.to_owned(), &states[states.len() - 1], w_xh, w_hh, b);
        states.push(next);
    }
    Array3::from_shape_fn((xs.dim().0, xs.dim().1, h0.ncols()), |(n, t, k)| states[t][[n, k]])
}
