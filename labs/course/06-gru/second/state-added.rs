use ndarray::{Array1, Array2};

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let width = h.ncols();
    let mut next = h.clone();
    for ((mut out, x_row), h_row) in next.rows_mut().into_iter().zip(x.rows()).zip(h.rows()) {
        for k in 0..width {
            let a = |part: usize| w_xh.row(part * width + k).dot(&x_row) + b_x[part * width + k];
            let u = |part: usize| w_hh.row(part * width + k).dot(&h_row) + b_h[part * width + k];
            let r = 1.0 / (1.0 + (-(a(0) + u(0))).exp());
            let z = 1.0 / (1.0 + (-(a(1) + u(1))).exp());
            let n = (a(2) + r * u(2)).tanh();
            out[k] += (1.0 - z) * n;
        }
    }
    next
}
