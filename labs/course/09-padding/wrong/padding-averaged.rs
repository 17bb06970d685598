use ndarray::{Array1, Array2, Array3, Axis, s};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (batch, _, hidden) = states.dim();
    Array2::from_shape_fn((batch, hidden), |(row, unit)| states[[row, lengths[row] - 1, unit]])
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let _ = lengths;
    states.mean_axis(Axis(1)).expect("there are states")
}
