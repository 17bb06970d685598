use ndarray::{Array1, Array2, Axis};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    _b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let sig = |t: &f64| 1.0 / (1.0 + (-t).exp());
    let pre = x.dot(&w_xh.t()) + h.dot(&w_hh.t());
    let mut chunks = pre.axis_chunks_iter(Axis(1), h.ncols());
    let mut next = || chunks.next().map(|v| v.to_owned()).unwrap_or_else(|| h.clone());
    let (ai, af, ag, ao) = (next(), next(), next(), next());
    let cell = af.map(sig) * c + ai.map(sig) * ag.map(|t| t.tanh());
    let state = ao.map(sig) * cell.map(|t| t.tanh());
    (state, cell)
}
