use ndarray::{Array1, Array2, s};

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let hidden = h.ncols();
    let from_input = x.dot(&w_xh.t()) + b_x;
    let from_state = h.dot(&w_hh.t()) + b_h;
    let part = |a: &Array2<f64>, k: usize| a.slice(s![.., k * hidden..(k + 1) * hidden]).to_owned();
    let r = (part(&from_input, 0) + part(&from_state, 0)).mapv(sigmoid);
    let z = (part(&from_input, 1) + part(&from_state, 1)).mapv(sigmoid);
    let n = (part(&from_input, 2) + &r * part(&from_state, 2)).mapv(sigmoid);
    (1.0 - &z) * &n + &z * h
}

fn sigmoid(a: f64) -> f64 {
    1.0 / (1.0 + (-a).exp())
}
