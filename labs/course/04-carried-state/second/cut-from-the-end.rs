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
    let mut end = steps;
    while end > 0 {
        let start = end.saturating_sub(piece);
        let mut back = Array1::<f64>::zeros(hidden);
        for t in (start..end).rev() {
            let dh = &d_states.row(t) + &back;
            let da = dh * states.row(t).mapv(|s| 1.0 - s * s);
            let before = if t == 0 { h0.view() } else { states.row(t - 1) };
            add_outer(&mut grad.w_xh, &da, xs.row(t));
            add_outer(&mut grad.w_hh, &da, before);
            grad.b += &da;
            back = w_hh.t().dot(&da);
        }
        end = start;
    }
    grad
}
