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
    let hid = h0.len();
    let mut w_x_grad = Array2::<f64>::zeros((hid, xs.ncols()));
    let mut w_h_grad = Array2::<f64>::zeros((hid, hid));
    let mut b_grad = Array1::<f64>::zeros(hid);
    let mut dh_next = Array1::<f64>::zeros(hid);
    for t in (0..states.nrows()).rev() {
        let h = states.row(t);
        let mut da = d_states.row(t).to_owned();
        da += &dh_next;
        da.zip_mut_with(&h, |d, y| *d *= 1.0 - y * y);
        let col = da.view().insert_axis(Axis(1));
        w_x_grad = w_x_grad + &col * &xs.row(t).insert_axis(Axis(0));
        if t > 0 {
            w_h_grad = w_h_grad + &col * &states.row(t - 1).insert_axis(Axis(0));
        }
        b_grad += &da;
        dh_next = w_hh.t().dot(&da);
    }
    (Weights { w_xh: w_x_grad, w_hh: w_h_grad, b: b_grad }, dh_next)
}
