use ndarray::{Array1, Array2, s};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let hidden = h.ncols();
    let a = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b;
    let part = |k: usize| a.slice(s![.., k * hidden..(k + 1) * hidden]).to_owned();
    let i = part(0).mapv(sigmoid);
    let f = part(1).mapv(sigmoid);
    let g = part(2).tanh();
    let _ = part(3).mapv(sigmoid);
    let new_c = &f * c + &i * &g;
    let new_h = new_c.tanh();
    (new_h, new_c)
}

fn sigmoid(a: f64) -> f64 {
    1.0 / (1.0 + (-a).exp())
}
