use ndarray::{Array1, Array2};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let w = h.ncols();
    let a = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b;
    let s = |v: f64| 1.0 / (1.0 + (-v).exp());
    let mut cell = c.clone();
    let mut state = h.clone();
    for (r, row) in a.rows().into_iter().enumerate() {
        for k in 0..w {
            let (i, f, g, o) = (s(row[k]), s(row[k + w]), row[k + 2 * w].tanh(), s(row[k + 3 * w]));
            cell[[r, k]] = f * cell[[r, k]] + i * g;
            state[[r, k]] = o * cell[[r, k]].tanh();
        }
    }
    (cell, state)
}
