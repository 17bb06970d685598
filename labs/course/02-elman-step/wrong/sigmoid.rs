use ndarray::{Array1, Array2, Array3, s};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let sum = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b;
    sum.mapv(|a| 1.0 / (1.0 + (-a).exp()))
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let (batch, steps, _) = xs.dim();
    let mut states = Array3::zeros((batch, steps, h0.ncols()));
    let mut h = h0.clone();
    for t in 0..steps {
        h = elman_step(&xs.slice(s![.., t, ..]).to_owned(), &h, w_xh, w_hh, b);
        states.slice_mut(s![.., t, ..]).assign(&h);
    }
    states
}
