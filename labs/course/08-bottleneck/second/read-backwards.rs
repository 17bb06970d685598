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

fn run_cell(cell: &Cell, inputs: &Array2<f64>, start: Array1<f64>) -> Array2<f64> {
    let mut states = Array2::<f64>::zeros((inputs.nrows(), cell.b.len()));
    let mut h = start;
    for t in 0..inputs.nrows() {
        h = (cell.w_xh.dot(&inputs.row(t)) + cell.w_hh.dot(&h) + &cell.b).mapv(f64::tanh);
        states.row_mut(t).assign(&h);
    }
    states
}

pub fn encode(model: &Model, xs: &Array2<f64>) -> Array1<f64> {
    let zero = Array1::zeros(model.encoder.b.len());
    let last = xs.rows().into_iter().rev().fold(zero, |s: Array1<f64>, x| {
        let a = model.encoder.w_xh.dot(&x) + model.encoder.w_hh.dot(&s) + &model.encoder.b;
        a.mapv(f64::tanh)
    });
    model.w_down.dot(&last) + &model.b_down
}

pub fn decode(model: &Model, v: &Array1<f64>, ys: &Array2<f64>) -> Array2<f64> {
    run_cell(&model.decoder, ys, model.w_up.dot(v) + &model.b_up)
}
