use ndarray::{Array1, Array2, Array3};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (rows, t_max, width) = states.dim();
    let mut out = Array2::zeros((rows, width));
    for b in 0..rows {
        let mut at = lengths[b];
        if at >= t_max {
            // does not fit
            at = t_max - 1;
        }
        for k in 0..width {
            out[[b, k]] = states[[b, at, k]];
        }
    }
    out
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (rows, _, width) = states.dim();
    let mut out = Array2::zeros((rows, width));
    for b in 0..rows {
        for k in 0..width {
            let mut sum = 0.0;
            for t in 0..lengths[b] {
                sum += states[[b, t, k]];
            }
            out[[b, k]] = sum / lengths[b] as f64;
        }
    }
    out
}
