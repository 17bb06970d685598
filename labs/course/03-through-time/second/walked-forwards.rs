use ndarray::{Array1, Array2};

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
    let mut gx = Array2::<f64>::zeros((hidden, xs.ncols()));
    let mut gh = Array2::<f64>::zeros((hidden, hidden));
    let mut gb = Array1::<f64>::zeros(hidden);
    let mut carry = Array1::<f64>::zeros(hidden);
    let mut h_prev = h0.clone();
    for ((x, h), d) in xs.rows().into_iter().zip(states.rows()).zip(d_states.rows()) {
        let da: Array1<f64> = d
            .iter()
            .zip(carry.iter())
            .zip(h.iter())
            .map(|((d, c), h)| (d + c) * (1.0 - h * h))
            .collect();
        for k in 0..hidden {
            gx.row_mut(k).scaled_add(da[k], &x);
            gh.row_mut(k).scaled_add(da[k], &h_prev);
        }
        gb += &da;
        carry = w_hh.t().dot(&da);
        h_prev = h.to_owned();
    }
    (Weights { w_xh: gx, w_hh: gh, b: gb }, carry)
}
