use ndarray::{s, Array1, Array2, Array3, Axis};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let mut last = Array2::zeros((states.dim().0, states.dim().2));
    for (b, n) in lengths.iter().enumerate() {
        last.row_mut(b).assign(&states.slice(s![b, n - 1, ..]));
    }
    last
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    match states.mean_axis(Axis(1)) {
        Some(mean) => mean,
        None => Array2::zeros((lengths.len(), states.dim().2)),
    }
}
