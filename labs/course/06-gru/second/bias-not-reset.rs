use ndarray::{Array1, Array2, Axis};

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let width = h.ncols();
    // both biases are just added, so they can go together
    let bias = b_x + b_h;
    let from_x = x.dot(&w_xh.t()) + bias;
    let from_h = h.dot(&w_hh.t());
    let xs: Vec<_> = from_x.axis_chunks_iter(Axis(1), width).collect();
    let hs: Vec<_> = from_h.axis_chunks_iter(Axis(1), width).collect();
    let sig = |v: f64| 1.0 / (1.0 + (-v).exp());
    let r = (&xs[0] + &hs[0]).mapv(sig);
    let z = (&xs[1] + &hs[1]).mapv(sig);
    let n = (r * &hs[2] + &xs[2]).mapv(f64::tanh);
    &z * h + z.mapv(|v| 1.0 - v) * n
}
