use ndarray::{s, Array1, Array2, Array3};

fn activation(a: f64) -> f64 {
    1.0 / (1.0 + f64::exp(-a))
}

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let from_input = x.dot(&w_xh.t());
    let from_state = h.dot(&w_hh.t());
    let sum = &from_input + &from_state + b;
    sum.mapv(activation)
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let steps = xs.shape()[1];
    let mut states = Array3::<f64>::zeros((xs.shape()[0], steps, h0.shape()[1]));
    let mut state = h0.to_owned();
    for t in 0..steps {
        state = elman_step(&xs.slice(s![.., t, ..]).to_owned(), &state, w_xh, w_hh, b);
        states.slice_mut(s![.., t, ..]).assign(&state);
    }
    states
}
