use ndarray::{Array1, Array2, Axis};

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
    let nothing = vec![0.0; model.encoder.b.len()];
    let last = read(&model.encoder, nothing, xs).pop().unwrap();
    (0..model.b_down.len())
        .map(|i| model.b_down[i] + (0..last.len()).map(|j| model.w_down[[i, j]] * last[j]).sum::<f64>())
        .collect()
}

pub fn decode(model: &Model, v: &Array1<f64>, ys: &Array2<f64>) -> Array2<f64> {
    let begin = (0..model.b_up.len())
        .map(|i| model.b_up[i] + (0..v.len()).map(|j| model.w_up[[i, j]] * v[j]).sum::<f64>())
        .collect();
    let states = read(&model.decoder, begin, ys);
    let rows: Vec<_> = states.into_iter().map(Array1::from).collect();
    ndarray::stack(Axis(0), &rows.iter().map(|row| row.view()).collect::<Vec<_>>()).unwrap()
}

/// All states, unit by unit.
fn read(cell: &Cell, mut state: Vec<f64>, xs: &Array2<f64>) -> Vec<Vec<f64>> {
    let units = 0..state.len();
    let mut states = Vec::new();
    for t in 0..xs.nrows() {
        let unit = |i: usize| {
            let from_state: f64 = units.clone().map(|j| cell.w_hh[[i, j]] * state[j]).sum();
            let from_input: f64 = (0..xs.ncols()).map(|j| cell.w_xh[[i, j]] * xs[[t, j]]).sum();
            (cell.b[i] + from_state + from_input).tanh()
        };
        state = units.clone().map(unit).collect();
        states.push(state.clone());
    }
    states
}
