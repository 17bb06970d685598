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
    for x in xs.outer_iter() {
        s = step(&model.encoder, x, &s);
    }
    let v = model.w_down.dot(&s) + &model.b_down;
    v.mapv(f64::tanh)
}

pub fn decode(model: &Model, v: &Array1<f64>, ys: &Array2<f64>) -> Array2<f64> {
    let mut d = model.w_up.dot(v) + &model.b_up;
    let mut out = Array2::<f64>::zeros((ys.nrows(), d.len()));
    for (t, y) in ys.outer_iter().enumerate() {
        d = step(&model.decoder, y, &d);
        out.row_mut(t).assign(&d);
    }
    out
}
