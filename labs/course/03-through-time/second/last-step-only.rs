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
    let n = states.ncols();
    let mut dw_xh = Array2::<f64>::zeros((n, xs.ncols()));
    let mut dw_hh = Array2::<f64>::zeros((n, n));
    let mut db = Array1::<f64>::zeros(n);
    let mut dh_from_future = Array1::<f64>::zeros(n);

    for t in (0..xs.nrows()).rev() {
        let before = if t == 0 { h0.view() } else { states.row(t - 1) };
        let dh = &d_states.row(t) + &dh_from_future;
        let da = &dh * &states.row(t).mapv(|h| 1.0 - h * h);

        dw_xh = Array2::from_shape_fn(dw_xh.dim(), |(i, j)| da[i] * xs[[t, j]]);
        dw_hh = Array2::from_shape_fn(dw_hh.dim(), |(i, j)| da[i] * before[j]);
        db = da.clone();

        dh_from_future = w_hh.t().dot(&da);
    }

    (Weights { w_xh: dw_xh, w_hh: dw_hh, b: db }, dh_from_future)
}
