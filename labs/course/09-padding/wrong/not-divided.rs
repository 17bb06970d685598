use ndarray::{Array1, Array2, Array3, Axis, s};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (batch, _, hidden) = states.dim();
    Array2::from_shape_fn((batch, hidden), |(row, unit)| states[[row, lengths[row] - 1, unit]])
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (batch, _, hidden) = states.dim();
    let mut means = Array2::zeros((batch, hidden));
    for (row, &length) in lengths.iter().enumerate() {
        let real = states.slice(s![row, ..length, ..]);
        means.row_mut(row).assign(&(real.sum_axis(Axis(0))));
    }
    means
}
