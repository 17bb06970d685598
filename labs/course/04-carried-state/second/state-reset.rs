use ndarray::{Array1, Array2, ArrayView1, Axis};

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
    let mut out = Array2::<f64>::zeros((xs.nrows(), h0.len()));
    for (xs_piece, mut out_piece) in xs.axis_chunks_iter(Axis(0), piece).zip(out.axis_chunks_iter_mut(Axis(0), piece)) {
        let mut h = Array1::<f64>::zeros(h0.len());
        for (x, mut row) in xs_piece.rows().into_iter().zip(out_piece.rows_mut()) {
            let a = weights.w_xh.dot(&x) + weights.w_hh.dot(&h) + &weights.b;
            h = a.mapv(f64::tanh);
            row.assign(&h);
        }
    }
    out
}

fn add_outer(to: &mut Array2<f64>, u: &Array1<f64>, v: ArrayView1<f64>) {
    for (mut row, &ui) in to.rows_mut().into_iter().zip(u) {
        row.scaled_add(ui, &v);
    }
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
    let mut grad = Weights {
        w_xh: Array2::zeros((hidden, xs.ncols())),
        w_hh: Array2::zeros((hidden, hidden)),
        b: Array1::zeros(hidden),
    };
    for start in (0..steps).step_by(piece) {
        let end = (start + piece).min(steps);
        let mut back = Array1::<f64>::zeros(hidden);
        for t in (start..end).rev() {
            let da = (&d_states.row(t) + &back) * states.row(t).mapv(|s| 1.0 - s * s);
            let before = if t == 0 { h0.view() } else { states.row(t - 1) };
            add_outer(&mut grad.w_xh, &da, xs.row(t));
            add_outer(&mut grad.w_hh, &da, before);
            grad.b += &da;
            back = w_hh.t().dot(&da);
        }
    }
    grad
}
