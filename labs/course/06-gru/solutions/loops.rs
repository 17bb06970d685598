use ndarray::{Array1, Array2};

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let mut new = h.clone();
    for row in 0..x.nrows() {
        for unit in 0..h.ncols() {
            let parts = |k: usize| {
                let out = k * h.ncols() + unit;
                let from_input: f64 = (0..x.ncols()).map(|j| w_xh[[out, j]] * x[[row, j]]).sum();
                let from_state: f64 = (0..h.ncols()).map(|j| w_hh[[out, j]] * h[[row, j]]).sum();
                (from_input + b_x[out], from_state + b_h[out])
            };
            let gate = |(a, u): (f64, f64)| 1.0 / (1.0 + (-a - u).exp());
            let (a, u) = parts(2);
            let proposal = (a + gate(parts(0)) * u).tanh();
            // What stays, and how far it moves to the proposal.
            new[[row, unit]] = proposal + gate(parts(1)) * (h[[row, unit]] - proposal);
        }
    }
    new
}
