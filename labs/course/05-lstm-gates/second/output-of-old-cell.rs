use ndarray::{s, Array1, Array2};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let size = h.shape()[1];
    let sigmoid = |m: Array2<f64>| m.mapv(|v| 1.0 / (1.0 + (-v).exp()));
    // each part with its own rows of the weights
    let gate = |k: usize| -> Array2<f64> {
        let rows = s![k * size..(k + 1) * size, ..];
        let bias = b.slice(s![k * size..(k + 1) * size]);
        x.dot(&w_xh.slice(rows).t()) + h.dot(&w_hh.slice(rows).t()) + bias
    };
    let o = sigmoid(gate(3));
    let h_next = &o * &c.mapv(f64::tanh);
    let c_next = sigmoid(gate(1)) * c + sigmoid(gate(0)) * gate(2).mapv(f64::tanh);
    (h_next, c_next)
}
