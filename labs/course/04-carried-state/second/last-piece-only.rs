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

pub fn read_in_pieces(xs: &Array2<f64>, h0: &Array1<f64>, weights: &Weights, piece: usize) -> Array2<f64> {
    let (t_max, n) = (xs.nrows(), h0.len());
    let mut states = Array2::zeros((t_max, n));
    let mut carried = h0.clone();
    let mut start = 0;
    while start < t_max {
        let end = (start + piece).min(t_max);
        let mut h = carried;
        for t in start..end {
            h = (weights.w_xh.dot(&xs.row(t)) + weights.w_hh.dot(&h) + &weights.b).mapv(f64::tanh);
            states.row_mut(t).assign(&h);
        }
        carried = h;
        start = end;
    }
    states
}

pub fn truncated_backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
    piece: usize,
) -> Weights {
    let (steps, hidden) = states.dim();
    let mut w_xh = Array2::<f64>::zeros((hidden, xs.ncols()));
    let mut g_hh = Array2::<f64>::zeros((hidden, hidden));
    let mut b = Array1::<f64>::zeros(hidden);
    for start in (0..steps).step_by(piece) {
        let len = piece.min(steps - start);
        let mut da = Array2::<f64>::zeros((len, hidden));
        let mut before = Array2::<f64>::zeros((len, hidden));
        for k in (0..len).rev() {
            let t = start + k;
            let mut dh = d_states.row(t).to_owned();
            if k + 1 < len {
                dh += &da.row(k + 1).dot(w_hh);
            }
            da.row_mut(k).assign(&(dh * states.row(t).mapv(|s| 1.0 - s * s)));
            before.row_mut(k).assign(&if t == 0 { h0.view() } else { states.row(t - 1) });
        }
        w_xh = da.t().dot(&xs.slice(s![start..start + len, ..]));
        g_hh = da.t().dot(&before);
        b = da.sum_axis(Axis(0));
    }
    Weights { w_xh, w_hh: g_hh, b }
}
