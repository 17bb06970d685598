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
    let t_max = states.nrows();
    // all steps at once
    let da = d_states * &states.mapv(|h| 1.0 - h * h);
    let mut before = Array2::<f64>::zeros(states.dim());
    for t in 0..t_max {
        if t == 0 {
            before.row_mut(0).assign(h0);
        } else {
            before.row_mut(t).assign(&states.row(t - 1));
        }
    }
    let dh0 = if t_max > 0 { w_hh.t().dot(&da.row(0)) } else { Array1::zeros(h0.len()) };
    let grads = Weights {
        w_xh: da.t().dot(xs),
        w_hh: da.t().dot(&before),
        b: da.sum_axis(Axis(0)),
    };
    (grads, dh0)
}
