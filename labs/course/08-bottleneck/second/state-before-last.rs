use ndarray::{Array1, Array2, ArrayView1};

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

fn step(cell: &Cell, x: ArrayView1<f64>, state: &Array1<f64>) -> Array1<f64> {
    let a = cell.w_xh.dot(&x) + cell.w_hh.dot(state) + &cell.b;
    a.mapv(f64::tanh)
}

pub fn encode(model: &Model, xs: &Array2<f64>) -> Array1<f64> {
    let mut s = Array1::<f64>::zeros(model.encoder.b.len());
    for t in 1..xs.nrows() {
        s = step(&model.encoder, xs.row(t - 1), &s);
    }
    model.w_down.dot(&s) + &model.b_down
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
