use ndarray::{s, Array1, Array2};

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let hidden = h.ncols();
    let mut a = x.dot(&w_xh.t());
    a += b_x;
    let mut u = h.dot(&w_hh.t());
    u += b_h;
    let mut reset = a.slice(s![.., 0..hidden]).to_owned();
    reset += &u.slice(s![.., 0..hidden]);
    reset.mapv_inplace(|v| 1.0 / (1.0 + (-v).exp()));
    reset *= &u.slice(s![.., 2 * hidden..3 * hidden]);
    reset += &a.slice(s![.., 2 * hidden..3 * hidden]);
    reset.mapv(f64::tanh)
}
