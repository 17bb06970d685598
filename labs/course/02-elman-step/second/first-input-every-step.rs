use ndarray::{s, Array1, Array2, Array3};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let input_part = x.dot(&w_xh.t()) + b;
    let state_part = h.dot(&w_hh.t());
    (input_part + state_part).mapv_into(f64::tanh)
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let len = xs.shape()[1];
    let mut out = Array3::zeros((xs.shape()[0], len, h0.shape()[1]));
    if len == 0 {
        return out;
    }
    let x = xs.slice(s![.., 0, ..]).to_owned();
    let mut h = h0.clone();
    for t in 0..len {
        h = elman_step(&x, &h, w_xh, w_hh, b);
        out.slice_mut(s![.., t, ..]).assign(&h);
    }
    out
}
