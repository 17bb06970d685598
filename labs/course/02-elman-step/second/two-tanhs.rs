use ndarray::{Array1, Array2, Array3, Axis, Zip};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let p = x.dot(&w_xh.t()) + b;
    let q = h.dot(&w_hh.t());
    Zip::from(&p).and(&q).map_collect(|u, v| u.tanh() + v.tanh())
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let mut res = Array3::zeros((xs.shape()[0], xs.shape()[1], h0.shape()[1]));
    let mut prev: Array2<f64> = h0.clone();
    for (x, mut slot) in xs.axis_iter(Axis(1)).zip(res.axis_iter_mut(Axis(1))) {
        prev = elman_step(&x.to_owned(), &prev, w_xh, w_hh, b);
        slot.assign(&prev);
    }
    res
}
