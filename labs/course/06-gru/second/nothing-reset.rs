use ndarray::{s, Array1, Array2};

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let n = h.ncols();
    let total = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b_x + b_h;
    let z = total.slice(s![.., n..2 * n]).mapv(|v| 1.0 / (1.0 + (-v).exp()));
    let new = total.slice(s![.., 2 * n..3 * n]).mapv(f64::tanh);
    &new + &(&z * &(h - &new))
}
