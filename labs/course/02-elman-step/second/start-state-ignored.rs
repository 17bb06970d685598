use ndarray::{s, Array1, Array2, Array3};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let mut sum = x.dot(&w_xh.t());
    sum += &h.dot(&w_hh.t());
    sum += b;
    sum.map(|a| a.tanh())
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let (batch, length, _) = xs.dim();
    let hidden = h0.ncols();
    let mut memory = Array2::<f64>::zeros((batch, hidden));
    let mut history = Array3::<f64>::zeros((batch, length, hidden));
    for t in 0..length {
        memory = elman_step(&xs.slice(s![.., t, ..]).to_owned(), &memory, w_xh, w_hh, b);
        history.slice_mut(s![.., t, ..]).assign(&memory);
    }
    history
}
