use ndarray::{Array1, Array2, Array3, Axis};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let longest = lengths.iter().copied().max().unwrap_or(1);
    states.index_axis(Axis(1), longest - 1).to_owned()
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let mut sums = Array2::<f64>::zeros((states.len_of(Axis(0)), states.len_of(Axis(2))));
    // walk through time; a row that is over gets nothing more
    for (t, now) in states.axis_iter(Axis(1)).enumerate() {
        for (b, &length) in lengths.iter().enumerate() {
            if t < length {
                let mut row = sums.row_mut(b);
                row += &now.row(b);
            }
        }
    }
    let counts = lengths.mapv(|n| n as f64).insert_axis(Axis(1));
    sums / counts
}
