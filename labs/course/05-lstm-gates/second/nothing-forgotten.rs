use ndarray::{s, Array1, Array2};

fn logistic(m: &Array2<f64>) -> Array2<f64> {
    m.mapv(|v| 1.0 / (1.0 + f64::exp(-v)))
}

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let width = h.ncols();
    let a = w_xh.dot(&x.t()) + w_hh.dot(&h.t());
    let a = a.t().to_owned() + b;
    let i = logistic(&a.slice(s![.., ..width]).to_owned());
    let g = a.slice(s![.., 2 * width..3 * width]).mapv(|v| v.tanh());
    let o = logistic(&a.slice(s![.., 3 * width..]).to_owned());
    let mut cell = c.to_owned();
    cell += &(i * g);
    let state = o * cell.mapv(|v| v.tanh());
    (state, cell)
}
