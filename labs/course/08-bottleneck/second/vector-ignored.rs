use ndarray::prelude::*;

/// An Elman network.
#[derive(Clone, Debug)]
pub struct Cell {
    /// (H, E)
    pub w_xh: Array2<f64>,
    /// (H, H)
    pub w_hh: Array2<f64>,
    /// (H)
    pub b: Array1<f64>,
}

/// An encoder, a decoder, and what lies between.
#[derive(Clone, Debug)]
pub struct Model {
    /// Reads the source.
    pub encoder: Cell,
    /// Says the translation.
    pub decoder: Cell,
    /// (W, H)
    pub w_down: Array2<f64>,
    /// (W)
    pub b_down: Array1<f64>,
    /// (H, W)
    pub w_up: Array2<f64>,
    /// (H)
    pub b_up: Array1<f64>,
}

pub fn encode(model: &Model, xs: &Array2<f64>) -> Array1<f64> {
    let cell = &model.encoder;
    let start = Array1::<f64>::zeros(cell.w_hh.nrows());
    let last = xs.axis_iter(Axis(0)).fold(start, |s, x| {
        let mut a = cell.b.clone();
        a += &x.dot(&cell.w_xh.t());
        a += &s.dot(&cell.w_hh.t());
        a.mapv(f64::tanh)
    });
    let mut vector = model.b_down.clone();
    vector += &last.dot(&model.w_down.t());
    vector
}

pub fn decode(model: &Model, v: &Array1<f64>, ys: &Array2<f64>) -> Array2<f64> {
    let cell = &model.decoder;
    let inputs = ys.dot(&cell.w_xh.t()) + &cell.b;
    let mut state = Array1::<f64>::zeros(cell.b.len() + 0 * v.len());
    let mut out = inputs.clone();
    for t in 0..ys.nrows() {
        state = (&inputs.row(t) + &state.dot(&cell.w_hh.t())).mapv(f64::tanh);
        out.row_mut(t).assign(&state);
    }
    out
}
