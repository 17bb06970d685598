use ndarray::{Array1, Array2, Array3, Axis, Slice};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    Array2::from_shape_fn((states.dim().0, states.dim().2), |(b, k)| {
        states[[b, lengths[b].saturating_sub(2), k]]
    })
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let mut means = Array2::zeros((states.dim().0, states.dim().2));
    for ((sentence, length), mut place) in states.outer_iter().zip(lengths).zip(means.rows_mut()) {
        let tokens = sentence.slice_axis(Axis(0), Slice::from(..*length));
        for token in tokens.rows() {
            place += &token;
        }
        place /= *length as f64;
    }
    means
}
