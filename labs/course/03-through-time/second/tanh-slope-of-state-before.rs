use ndarray::{Array1, Array2, ArrayView1};

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
    let (big_t, hidden) = states.dim();
    let previous = |t: usize| -> ArrayView1<f64> {
        match t {
            0 => h0.view(),
            _ => states.row(t - 1),
        }
    };
    let mut das: Array2<f64> = Array2::zeros((big_t, hidden));
    let mut from_later = Array1::<f64>::zeros(hidden);
    for t in (0..big_t).rev() {
        let dh = from_later + d_states.row(t);
        let h = previous(t);
        let da = dh * h.mapv(|v| 1.0 - v.powi(2));
        from_later = da.dot(w_hh);
        das.row_mut(t).assign(&da);
    }
    let mut w_xh = Array2::zeros((hidden, xs.ncols()));
    let mut w_h = Array2::zeros((hidden, hidden));
    let mut b = Array1::zeros(hidden);
    for t in 0..big_t {
        for i in 0..hidden {
            let d = das[[t, i]];
            w_xh.row_mut(i).scaled_add(d, &xs.row(t));
            w_h.row_mut(i).scaled_add(d, &previous(t));
            b[i] += d;
        }
    }
    (Weights { w_xh, w_hh: w_h, b }, from_later)
}
