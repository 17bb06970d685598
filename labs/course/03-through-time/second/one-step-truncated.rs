use ndarray::{concatenate, s, Array1, Array2, Axis};

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
    let t = states.nrows();
    if t == 0 {
        let w_xh = Array2::zeros((h0.len(), xs.ncols()));
        let zero = Array1::zeros(h0.len());
        return (Weights { w_xh, w_hh: Array2::zeros(w_hh.dim()), b: zero.clone() }, zero);
    }
    let slopes = 1.0 - states * states;
    // what each step hands to the one before it: row t is W_hhᵀ (d_states[t] * slope), laid down as a row
    let local = d_states * &slopes;
    let handed = local.dot(w_hh);
    let mut dh = d_states.clone();
    for k in 1..t {
        let mut earlier = dh.row_mut(k - 1);
        earlier += &handed.row(k);
    }
    let da = dh * &slopes;
    let first = h0.view().insert_axis(Axis(0));
    let previous = match concatenate(Axis(0), &[first, states.slice(s![..t - 1, ..])]) {
        Ok(p) => p,
        Err(_) => states.clone(),
    };
    let result = Weights {
        w_xh: da.t().dot(xs),
        w_hh: da.t().dot(&previous),
        b: da.sum_axis(Axis(0)),
    };
    (result, handed.row(0).to_owned())
}
