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
    let sig = |v: f64| 1.0 / (1.0 + (-v).exp());
    let mut out = h.clone();
    for row in 0..h.nrows() {
        let a = w_xh.dot(&x.row(row)) + b_x;
        let u = w_hh.dot(&h.row(row)) + b_h;
        for k in 0..width {
            let z = sig(a[k] + u[k]);
            let r = sig(a[width + k] + u[width + k]);
            let n = (a[2 * width + k] + r * u[2 * width + k]).tanh();
            out[[row, k]] = (1.0 - z) * n + z * h[[row, k]];
        }
    }
    out
}
