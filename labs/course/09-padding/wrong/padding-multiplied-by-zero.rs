use ndarray::{Array1, Array2, Array3, Axis};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (batch, _, hidden) = states.dim();
    Array2::from_shape_fn((batch, hidden), |(row, unit)| states[[row, lengths[row] - 1, unit]])
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (batch, steps, _) = states.dim();
    let mask = Array3::from_shape_fn((batch, steps, 1), |(row, t, _)| if t < lengths[row] { 1.0 } else { 0.0 });
    let counts = lengths.mapv(|length| length as f64).insert_axis(Axis(1));
    (states * &mask).sum_axis(Axis(1)) / counts
}
