use ndarray::{s, Array1, Array2};

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let hs = h.ncols();
    let linear = |v: &Array2<f64>, w: &Array2<f64>, b: &Array1<f64>, k: usize| -> Array2<f64> {
        let range = k * hs..(k + 1) * hs;
        v.dot(&w.slice(s![range.clone(), ..]).t()) + b.slice(s![range])
    };
    let sigmoid = |m: Array2<f64>| m.mapv(|v| 1.0 / (1.0 + (-v).exp()));
    let reset = sigmoid(linear(x, w_xh, b_x, 0) + linear(h, w_hh, b_h, 0));
    let update = sigmoid(linear(x, w_xh, b_x, 1) + linear(h, w_hh, b_h, 1));
    let seen = reset * h;
    let proposal = (linear(x, w_xh, b_x, 2) + linear(&seen, w_hh, b_h, 2)).mapv(f64::tanh);
    (1.0 - &update) * proposal + &update * h
}
