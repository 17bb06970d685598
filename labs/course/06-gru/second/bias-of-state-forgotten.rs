use ndarray::{s, Array1, Array2};

fn sigmoid(v: f64) -> f64 {
    1.0 / (1.0 + (-v).exp())
}

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    _b_h: &Array1<f64>,
) -> Array2<f64> {
    let n = h.ncols();
    let mut a = x.dot(&w_xh.t()) + b_x;
    let u = h.dot(&w_hh.t());
    let gates_from_state = u.slice(s![.., ..2 * n]);
    let mut gates = a.slice_mut(s![.., ..2 * n]);
    gates += &gates_from_state;
    let r = gates.slice(s![.., ..n]).mapv(sigmoid);
    let z = gates.slice(s![.., n..]).mapv(sigmoid);
    let cand = (&a.slice(s![.., 2 * n..]) + &(r * u.slice(s![.., 2 * n..]))).mapv(f64::tanh);
    let kept = &z * h;
    kept + (1.0 - z) * cand
}
