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
    let mut da = Array2::<f64>::zeros(states.dim());
    let mut carry = Array1::<f64>::zeros(h0.len());
    for t in (0..states.nrows()).rev() {
        let row = (&d_states.row(t) + &carry) * states.row(t).mapv(|h| 1.0 - h * h);
        carry = w_hh.t().dot(&row);
        da.row_mut(t).assign(&row);
    }
    let weights = Weights {
        w_xh: da.t().dot(xs),
        w_hh: da.t().dot(states),
        b: da.sum_axis(Axis(0)),
    };
    (weights, carry)
}
