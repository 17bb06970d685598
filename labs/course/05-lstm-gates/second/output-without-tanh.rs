use ndarray::{s, Array1, Array2, Zip};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let d = c.ncols();
    let mut a = x.dot(&w_xh.t());
    a += &h.dot(&w_hh.t());
    a += b;
    let squash = |v: f64| (1.0 + (-v).exp()).recip();
    let mut cell = c.clone();
    Zip::from(&mut cell)
        .and(a.slice(s![.., ..d]))
        .and(a.slice(s![.., d..2 * d]))
        .and(a.slice(s![.., 2 * d..3 * d]))
        .for_each(|c, i, f, g| *c = squash(*f) * *c + squash(*i) * g.tanh());
    let shown = Zip::from(&cell)
        .and(a.slice(s![.., 3 * d..]))
        .map_collect(|c, o| squash(*o) * c);
    (shown, cell)
}
