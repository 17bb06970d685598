use ndarray::{s, Array1, Array2};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    _w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let width = h.ncols();
    let mut a = x.dot(&w_xh.t()) + b;
    a.slice_mut(s![.., ..2 * width]).mapv_inplace(|v| 1.0 / (1.0 + (-v).exp()));
    a.slice_mut(s![.., 2 * width..3 * width]).mapv_inplace(f64::tanh);
    a.slice_mut(s![.., 3 * width..]).mapv_inplace(|v| 1.0 / (1.0 + (-v).exp()));
    let gate = |k: usize| a.slice(s![.., k * width..(k + 1) * width]);
    let c_next = &gate(1) * c + &gate(0) * &gate(2);
    let h_next = &gate(3) * &c_next.mapv(f64::tanh);
    (h_next, c_next)
}
