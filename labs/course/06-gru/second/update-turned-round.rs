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
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let n = h.ncols();
    let a = x.dot(&w_xh.t()) + b_x;
    let u = h.dot(&w_hh.t()) + b_h;
    let r = (&a.slice(s![.., ..n]) + &u.slice(s![.., ..n])).mapv(sigmoid);
    let z = (&a.slice(s![.., n..2 * n]) + &u.slice(s![.., n..2 * n])).mapv(sigmoid);
    let proposal = (&a.slice(s![.., 2 * n..]) + &(&r * &u.slice(s![.., 2 * n..]))).mapv(f64::tanh);
    // z lets the new one in
    h + &(z * (proposal - h))
}
