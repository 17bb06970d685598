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

pub fn read_in_pieces(xs: &Array2<f64>, h0: &Array1<f64>, weights: &Weights, piece: usize) -> Array2<f64> {
    let mut states = Array2::<f64>::zeros((xs.nrows(), h0.len()));
    // the inputs' part of all steps at once
    let from_inputs = xs.dot(&weights.w_xh.t()) + &weights.b;
    let mut h = h0.clone();
    for mut rows in states.axis_chunks_iter_mut(Axis(0), piece) {
        for (k, mut row) in rows.outer_iter_mut().enumerate() {
            h = (&from_inputs.row(k) + &weights.w_hh.dot(&h)).mapv(f64::tanh);
            row.assign(&h);
        }
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
    let (t_len, n) = states.dim();
    let mut da = Array2::<f64>::zeros((t_len, n));
    let mut prev = Array2::<f64>::zeros((t_len, n));
    for t in (0..t_len).rev() {
        let mut dh = d_states.row(t).to_owned();
        let ends_piece = t + 1 == t_len || (t + 1) % piece == 0;
        if !ends_piece {
            dh += &w_hh.t().dot(&da.row(t + 1));
        }
        let slope = states.row(t).mapv(|h| 1.0 - h.powi(2));
        da.row_mut(t).assign(&(dh * slope));
        if t == 0 {
            prev.row_mut(0).assign(h0);
        } else {
            prev.row_mut(t).assign(&states.row(t - 1));
        }
    }
    Weights { w_xh: da.t().dot(xs), w_hh: da.t().dot(&prev), b: da.sum_axis(Axis(0)) }
}
