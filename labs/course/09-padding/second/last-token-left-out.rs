use ndarray::{s, Array1, Array2, Array3, Axis};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let mut out = Array2::zeros((states.dim().0, states.dim().2));
    for b in 0..states.dim().0 {
        let end = lengths[b] - 1;
        let row = states.index_axis(Axis(0), b);
        out.row_mut(b).assign(&row.row(end));
    }
    out
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let mut out = Array2::zeros((states.dim().0, states.dim().2));
    for b in 0..states.dim().0 {
        let last = lengths[b] - 1;
        // a row of one token has only that
        let end = if last == 0 { 1 } else { last };
        let sum = states.slice(s![b, 0..end, ..]).sum_axis(Axis(0));
        out.row_mut(b).assign(&(sum / end as f64));
    }
    out
}
