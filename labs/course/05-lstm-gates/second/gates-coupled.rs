use ndarray::{s, Array1, Array2};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let hidden = h.ncols();
    let a = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b;
    let f = a.slice(s![.., hidden..2 * hidden]).mapv(|v| 1.0 / (1.0 + (-v).exp()));
    let g = a.slice(s![.., 2 * hidden..3 * hidden]).mapv(f64::tanh);
    let o = a.slice(s![.., 3 * hidden..4 * hidden]).mapv(|v| 1.0 / (1.0 + (-v).exp()));
    // a weighted mean of old and new
    let cell = &g + &(&f * &(c - &g));
    let state = &o * &cell.mapv(f64::tanh);
    (state, cell)
}
