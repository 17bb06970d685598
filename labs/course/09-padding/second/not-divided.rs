use ndarray::{s, Array1, Array2, Array3, Axis, Zip};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let mut out = Array2::zeros((states.dim().0, states.dim().2));
    Zip::from(out.rows_mut())
        .and(states.outer_iter())
        .and(lengths)
        .for_each(|mut o, s, &n| o.assign(&s.row(n - 1)));
    out
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let mut out = Array2::zeros((states.dim().0, states.dim().2));
    for b in 0..states.dim().0 {
        let summed = states.slice(s![b, ..lengths[b], ..]).sum_axis(Axis(0));
        out.row_mut(b).assign(&summed);
    }
    out
}
