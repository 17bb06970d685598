use ndarray::{s, Array1, Array2, Array3, Axis};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let rows: Vec<_> = lengths
        .iter()
        .enumerate()
        .map(|(b, &n)| states.slice(s![b, n - 1, ..]))
        .collect();
    let mut out = Array2::zeros((rows.len(), states.dim().2));
    for (mut to, from) in out.rows_mut().into_iter().zip(&rows) {
        to.assign(from);
    }
    out
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (b_n, t_n, _) = states.dim();
    let mask = Array3::from_shape_fn((b_n, t_n, 1), |(b, t, _)| if t < lengths[b] { 1.0 } else { 0.0 });
    let masked = states * &mask;
    let counts = lengths.mapv(|n| n as f64).insert_axis(Axis(1));
    masked.sum_axis(Axis(1)) / &counts
}
