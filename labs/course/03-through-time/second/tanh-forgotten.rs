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

fn outer(u: &Array1<f64>, v: &Array1<f64>) -> Array2<f64> {
    let column = u.view().insert_axis(Axis(1));
    let row = v.view().insert_axis(Axis(0));
    column.dot(&row)
}

pub fn backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
) -> (Weights, Array1<f64>) {
    let n = h0.len();
    let mut g = Weights {
        w_xh: Array2::zeros((n, xs.ncols())),
        w_hh: Array2::zeros((n, n)),
        b: Array1::zeros(n),
    };
    let mut carried = Array1::<f64>::zeros(n);
    for t in (0..xs.nrows()).rev() {
        let d = &d_states.row(t) + &carried;
        let h_prev = if t == 0 { h0.clone() } else { states.row(t - 1).to_owned() };
        g.w_xh += &outer(&d, &xs.row(t).to_owned());
        g.w_hh += &outer(&d, &h_prev);
        g.b += &d;
        carried = w_hh.t().dot(&d);
    }
    (g, carried)
}
