use ndarray::{s, Array1, Array2, Array3};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let mut out = Array2::zeros((states.shape()[0], states.shape()[2]));
    if let Some(length) = lengths.first() {
        out.assign(&states.slice(s![.., *length - 1, ..]));
    }
    out
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    Array2::from_shape_fn((states.shape()[0], states.shape()[2]), |(b, k)| {
        let n = lengths[b];
        states.slice(s![b, ..n, k]).sum() / n as f64
    })
}
