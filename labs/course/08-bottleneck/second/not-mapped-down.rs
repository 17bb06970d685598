use ndarray::{Array1, Array2};

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
    let mut s = Array1::<f64>::zeros(cell.b.len());
    for t in 0..xs.nrows() {
        s = (cell.w_hh.dot(&s) + cell.w_xh.dot(&xs.row(t)) + &cell.b).mapv(|a| a.tanh());
    }
    s
}

pub fn decode(model: &Model, v: &Array1<f64>, ys: &Array2<f64>) -> Array2<f64> {
    let Cell { w_xh, w_hh, b } = &model.decoder;
    let from_inputs = ys.dot(&w_xh.t()) + b;
    let mut d = &model.b_up + &model.w_up.dot(v);
    let mut states = from_inputs;
    for mut row in states.rows_mut() {
        row += &w_hh.dot(&d);
        row.mapv_inplace(f64::tanh);
        d.assign(&row);
    }
    states
}
