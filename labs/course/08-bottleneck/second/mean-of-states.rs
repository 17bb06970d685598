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
    let n = model.encoder.b.len();
    let mut s = Array1::<f64>::zeros(n);
    let mut sum = Array1::<f64>::zeros(n);
    for x in xs.outer_iter() {
        s = step(&model.encoder, x, &s);
        sum += &s;
    }
    let mean = sum / xs.nrows() as f64;
    model.w_down.dot(&mean) + &model.b_down
}

pub fn decode(model: &Model, v: &Array1<f64>, ys: &Array2<f64>) -> Array2<f64> {
    let cell = &model.decoder;
    let hidden = cell.b.len();
    let mut d = vec![0.0; hidden];
    for i in 0..hidden {
        d[i] = model.b_up[i];
        for k in 0..v.len() {
            d[i] += model.w_up[[i, k]] * v[k];
        }
    }
    let mut states = Array2::<f64>::zeros((ys.nrows(), hidden));
    for t in 0..ys.nrows() {
        let mut next = vec![0.0; hidden];
        for i in 0..hidden {
            let mut a = cell.b[i];
            for j in 0..ys.ncols() {
                a += cell.w_xh[[i, j]] * ys[[t, j]];
            }
            for j in 0..hidden {
                a += cell.w_hh[[i, j]] * d[j];
            }
            next[i] = a.tanh();
            states[[t, i]] = next[i];
        }
        d = next;
    }
    states
}
