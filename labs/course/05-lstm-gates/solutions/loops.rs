use ndarray::{Array1, Array2};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let (mut new_h, mut new_c) = (h.clone(), c.clone());
    for row in 0..x.nrows() {
        for unit in 0..h.ncols() {
            let part = |k: usize| {
                let out = k * h.ncols() + unit;
                let from_state: f64 = (0..h.ncols()).map(|j| w_hh[[out, j]] * h[[row, j]]).sum();
                let from_input: f64 = (0..x.ncols()).map(|j| w_xh[[out, j]] * x[[row, j]]).sum();
                b[out] + from_state + from_input
            };
            let cell = c[[row, unit]] / (1.0 + (-part(1)).exp()) + part(2).tanh() / (1.0 + (-part(0)).exp());
            new_c[[row, unit]] = cell;
            new_h[[row, unit]] = cell.tanh() / (1.0 + (-part(3)).exp());
        }
    }
    (new_h, new_c)
}
