use ndarray::{s, Array1, Array2, Array3, Axis};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    Array2::from_shape_fn((lengths.len(), states.dim().2), |(row, unit)| {
        let end = lengths[row] - 1;
        states[(row, end, unit)]
    })
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    // clear the padding, then take the mean
    let mut clean = states.clone();
    for (b, &n) in lengths.iter().enumerate() {
        clean.slice_mut(s![b, n.., ..]).fill(0.0);
    }
    let steps = clean.len_of(Axis(1)) as f64;
    clean.sum_axis(Axis(1)) / steps
}
