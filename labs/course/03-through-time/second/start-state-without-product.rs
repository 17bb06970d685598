use ndarray::{Array1, Array2, Axis};

/// The weights of an Elman network, or their gradients.
#[derive(Clone, Debug)]
pub struct Weights {
    /// (H, E)
    pub w_xh: Array2<f64>,
    /// (H, H)
    pub w_hh: Array2<f64>,
    /// (H)
    pub b: Array1<f64>,
}

pub fn backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
) -> (Weights, Array1<f64>) {
    let hidden = h0.len();
    let mut grads = Weights {
        w_xh: Array2::zeros((hidden, xs.ncols())),
        w_hh: Array2::zeros((hidden, hidden)),
        b: Array1::zeros(hidden),
    };
    // da of the step after this one; zero behind the end
    let mut da = Array1::<f64>::zeros(hidden);
    for t in (0..states.nrows()).rev() {
        let dh = w_hh.t().dot(&da) + d_states.row(t);
        da = states.row(t).mapv(|h| 1.0 - h * h) * dh;
        let last = if t > 0 { states.row(t - 1).to_owned() } else { h0.clone() };
        let upright = da.clone().insert_axis(Axis(1));
        grads.w_xh = grads.w_xh + &upright * &xs.row(t);
        grads.w_hh = grads.w_hh + &upright * &last;
        grads.b = grads.b + &da;
    }
    (grads, da)
}
