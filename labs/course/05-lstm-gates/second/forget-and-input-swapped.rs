use ndarray::{s, Array1, Array2};

fn sigmoid(v: f64) -> f64 {
    1.0 / (1.0 + (-v).exp())
}

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let n = h.ncols();
    let a = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b;
    let f = a.slice(s![.., 0..n]).mapv(sigmoid);
    let i = a.slice(s![.., n..2 * n]).mapv(sigmoid);
    let g = a.slice(s![.., 2 * n..3 * n]).mapv(f64::tanh);
    let o = a.slice(s![.., 3 * n..4 * n]).mapv(sigmoid);
    let c_new = f * c + i * g;
    let h_new = o * c_new.mapv(f64::tanh);
    (h_new, c_new)
}
