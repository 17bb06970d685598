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
    // The state is carried, so the pieces make no difference to it.
    let _ = piece;
    let mut states = xs.dot(&weights.w_xh.t()) + &weights.b;
    let mut before = h0.clone();
    for mut row in states.rows_mut() {
        row += &weights.w_hh.dot(&before);
        row.mapv_inplace(f64::tanh);
        before.assign(&row);
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
    let hidden = h0.len();
    let mut sum = Weights {
        w_xh: Array2::zeros((hidden, xs.ncols())),
        w_hh: Array2::zeros((hidden, hidden)),
        b: Array1::zeros(hidden),
    };
    let mut before = Array2::zeros(states.dim());
    before.row_mut(0).assign(h0);
    before.slice_mut(s![1.., ..]).assign(&states.slice(s![..-1, ..]));
    let pieces =
        |all: &Array2<f64>| all.axis_chunks_iter(Axis(0), piece).map(|part| part.to_owned()).collect::<Vec<_>>();
    let (xs, befores, states) = (pieces(xs), pieces(&before), pieces(states));
    for (number, mut da) in pieces(d_states).into_iter().enumerate() {
        let slopes = 1.0 - &states[number] * &states[number];
        let mut back = Array1::zeros(hidden);
        for t in (0..da.nrows()).rev() {
            let whole = (&da.row(t) + &back) * slopes.row(t);
            back = whole.dot(w_hh);
            da.row_mut(t).assign(&whole);
        }
        sum.w_xh += &da.t().dot(&xs[number]);
        sum.w_hh += &da.t().dot(&befores[number]);
        sum.b += &da.sum_axis(Axis(0));
    }
    sum
}
