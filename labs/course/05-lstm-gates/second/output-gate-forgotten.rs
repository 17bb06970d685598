use ndarray::{s, Array1, Array2};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let n = h.ncols();
    let sig = |v: f64| 0.5 * (1.0 + (0.5 * v).tanh());
    let sums = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b;
    let mut kept = sums.slice(s![.., n..2 * n]).mapv(sig);
    kept *= c;
    let mut written = sums.slice(s![.., ..n]).mapv(sig);
    written *= &sums.slice(s![.., 2 * n..3 * n]).mapv(f64::tanh);
    let cell = kept + written;
    (cell.mapv(f64::tanh), cell)
}
