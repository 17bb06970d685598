use ndarray::{s, Array1, Array2, Array3, Axis};

pub fn last_states(states: &Array3<f64>, _lengths: &Array1<usize>) -> Array2<f64> {
    states.index_axis(Axis(1), 0).to_owned()
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (b, _, h) = states.dim();
    let mut out = Array2::<f64>::zeros((b, h));
    for i in 0..b {
        let part = states.slice(s![i, 0..lengths[i], ..]);
        if let Some(mean) = part.mean_axis(Axis(0)) {
            out.row_mut(i).assign(&mean);
        }
    }
    out
}
