use ndarray::{Array1, Array2};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let hs = h.ncols();
    let a = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b;
    let sigma = |v: f64| 1.0 / (1.0 + (-v).exp());
    let new_cell = Array2::from_shape_fn(c.dim(), |(r, k)| {
        let keep = sigma(a[[r, hs + k]]) * c[[r, k]];
        let write = sigma(a[[r, k]]) * a[[r, 2 * hs + k]].tanh();
        keep + write
    });
    let new_state = Array2::from_shape_fn(h.dim(), |(r, k)| {
        let g = a[[r, 2 * hs + k]].tanh();
        sigma(a[[r, 3 * hs + k]]) * g.tanh()
    });
    (new_state, new_cell)
}
