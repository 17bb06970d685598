use ndarray::{s, Array1, Array2};

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    _w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let width = h.ncols();
    let a = x.dot(&w_xh.t()) + b_x;
    let sig = |v: f64| 1.0 / (1.0 + (-v).exp());
    let r = (&a.slice(s![.., ..width]) + &b_h.slice(s![..width])).mapv(sig);
    let z = (&a.slice(s![.., width..2 * width]) + &b_h.slice(s![width..2 * width])).mapv(sig);
    let n = (r * b_h.slice(s![2 * width..]) + a.slice(s![.., 2 * width..])).mapv(f64::tanh);
    let minus = 1.0 - &z;
    minus * n + z * h
}
