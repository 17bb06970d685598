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

pub fn read_in_pieces(xs: &Array2<f64>, h0: &Array1<f64>, weights: &Weights, piece: usize) -> Array2<f64> {
    let steps = xs.nrows();
    let mut states = Array2::zeros((steps, h0.len()));
    let mut h = h0.clone();
    for begin in (0..steps).step_by(piece) {
        for t in begin..steps.min(begin + piece) {
            h = (weights.w_xh.dot(&xs.row(t - begin)) + weights.w_hh.dot(&h) + &weights.b).tanh();
            states.row_mut(t).assign(&h);
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
    let (steps, hidden) = states.dim();
    let (mut d_w_xh, mut d_w_hh) = (Array2::zeros((hidden, xs.ncols())), Array2::zeros((hidden, hidden)));
    let mut d_b = Array1::zeros(hidden);
    let mut carried = Array1::zeros(hidden);
    for t in (0..steps).rev() {
        if (t + 1) % piece == 0 {
            carried.fill(0.0);
        }
        let h = states.row(t);
        let da = (&d_states.row(t) + &carried) * (1.0 - &h * &h);
        let before = if t == 0 { h0.view() } else { states.row(t - 1) };
        d_w_xh += &outer(&da, xs.row(t));
        d_w_hh += &outer(&da, before);
        d_b += &da;
        carried = w_hh.t().dot(&da);
    }
    Weights { w_xh: d_w_xh, w_hh: d_w_hh, b: d_b }
}

/// (H) and (E) to (H, E): every product of two elements.
fn outer(a: &Array1<f64>, x: ArrayView1<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn((a.len(), x.len()), |(i, j)| a[i] * x[j])
}
