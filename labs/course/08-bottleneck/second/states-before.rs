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
    let zero = Array1::zeros(model.encoder.b.len());
    let last = xs.rows().into_iter().fold(zero, |s: Array1<f64>, x| {
        let a = model.encoder.w_xh.dot(&x) + model.encoder.w_hh.dot(&s) + &model.encoder.b;
        a.mapv(f64::tanh)
    });
    model.w_down.dot(&last) + &model.b_down
}

pub fn decode(model: &Model, v: &Array1<f64>, ys: &Array2<f64>) -> Array2<f64> {
    let cell = &model.decoder;
    let mut d = model.w_up.dot(v) + &model.b_up;
    let mut states = Array2::<f64>::zeros((ys.nrows(), d.len()));
    for (mut row, y) in states.rows_mut().into_iter().zip(ys.rows()) {
        row.assign(&d);
        d = (cell.w_xh.dot(&y) + cell.w_hh.dot(&d) + &cell.b).mapv(f64::tanh);
    }
    states
}
