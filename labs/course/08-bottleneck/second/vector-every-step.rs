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
    let cell = &model.encoder;
    let hidden = cell.b.len();
    let mut s = vec![0.0; hidden];
    for t in 0..xs.nrows() {
        let mut next = vec![0.0; hidden];
        for i in 0..hidden {
            let mut a = cell.b[i];
            for j in 0..xs.ncols() {
                a += cell.w_xh[[i, j]] * xs[[t, j]];
            }
            for j in 0..hidden {
                a += cell.w_hh[[i, j]] * s[j];
            }
            next[i] = a.tanh();
        }
        s = next;
    }
    let mut v = model.b_down.clone();
    for i in 0..v.len() {
        for j in 0..hidden {
            v[i] += model.w_down[[i, j]] * s[j];
        }
    }
    v
}

pub fn decode(model: &Model, v: &Array1<f64>, ys: &Array2<f64>) -> Array2<f64> {
    let d0 = model.w_up.dot(v) + &model.b_up;
    let mut d = Array1::<f64>::zeros(d0.len());
    let mut out = Array2::<f64>::zeros((ys.nrows(), d0.len()));
    for t in 0..ys.nrows() {
        let before = &d + &d0;
        d = step(&model.decoder, ys.row(t), &before);
        out.row_mut(t).assign(&d);
    }
    out
}
