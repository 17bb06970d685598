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
    let mut h = h0.to_owned();
    let mut out = Array2::<f64>::zeros((xs.nrows(), h0.len()));
    for (xs_piece, mut out_piece) in xs.axis_chunks_iter(Axis(0), piece).zip(out.axis_chunks_iter_mut(Axis(0), piece)) {
        for (x, mut row) in xs_piece.rows().into_iter().zip(out_piece.rows_mut()) {
            let a = weights.w_xh.dot(&x) + weights.w_hh.dot(&h) + &weights.b;
            h = a.mapv(f64::tanh);
            row.assign(&h);
        }
    }
    out
}

pub fn truncated_backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
    piece: usize,
) -> Weights {
    let _ = (w_hh, piece);
    let da = d_states * &states.mapv(|s| 1.0 - s * s);
    let mut before = Array2::<f64>::zeros(states.dim());
    for (t, mut row) in before.outer_iter_mut().enumerate() {
        match t {
            0 => row.assign(h0),
            _ => row.assign(&states.row(t - 1)),
        }
    }
    Weights { w_xh: da.t().dot(xs), w_hh: da.t().dot(&before), b: da.sum_axis(Axis(0)) }
}
