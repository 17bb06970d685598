use ndarray::{Array1, Array2, Axis};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let pre = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b;
    let act = pre.mapv(|v| 1.0 / (1.0 + (-v).exp()));
    let parts: Vec<_> = act.axis_chunks_iter(Axis(1), h.ncols()).collect();
    let mut cell = &parts[1] * c;
    cell += &(&parts[0] * &parts[2]);
    let state = cell.mapv(f64::tanh) * &parts[3];
    (state, cell)
}
