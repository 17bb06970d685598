use ndarray::{Array1, Array2, Axis, s};

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

/// First all da_t, one after another, then each gradient as one product over time.
pub fn backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
) -> (Weights, Array1<f64>) {
    let mut da = Array2::zeros(states.dim());
    let mut carried = Array1::zeros(h0.len());
    for t in (0..states.nrows()).rev() {
        let row = (&d_states.row(t) + &carried) * states.row(t).mapv(|h| 1.0 - h * h);
        carried = row.dot(w_hh);
        da.row_mut(t).assign(&row);
    }
    let mut before = Array2::zeros(states.dim());
    before.row_mut(0).assign(h0);
    before.slice_mut(s![1.., ..]).assign(&states.slice(s![..-1, ..]));
    (Weights { w_xh: da.t().dot(xs), w_hh: da.t().dot(&before), b: da.sum_axis(Axis(0)) }, carried)
}
