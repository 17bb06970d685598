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
    let t_len = states.nrows();
    let slope = states.map(|h| 1.0 - h * h);
    let mut deltas: Vec<Array1<f64>> = Vec::new();
    let mut coming = Array1::<f64>::zeros(h0.len());
    for t in (0..t_len).rev() {
        let delta = (coming + &d_states.row(t)) * &slope.row(t);
        coming = w_hh.t().dot(&delta);
        deltas.push(delta);
    }
    deltas.reverse();

    let mut w_xh = Array2::<f64>::zeros((h0.len(), xs.ncols()));
    let mut w_rec = Array2::<f64>::zeros(w_hh.dim());
    let mut b = Array1::<f64>::zeros(h0.len());
    for (t, delta) in deltas.iter().enumerate() {
        let d = delta.view().insert_axis(Axis(1));
        let prev = if t == 0 { h0.view() } else { states.row(t - 1) };
        w_xh += &d.dot(&xs.row(t).insert_axis(Axis(0)));
        w_rec += &d.dot(&prev.insert_axis(Axis(0)));
        b += delta;
    }
    let count = t_len.max(1) as f64;
    (Weights { w_xh: w_xh / count, w_hh: w_rec / count, b: b / count }, coming)
}
