use ndarray::{Array1, Array2, Axis};

pub const IGNORE: usize = usize::MAX;

fn log_softmax(logits: &Array2<f64>) -> Array2<f64> {
    let largest = logits.fold_axis(Axis(1), f64::NEG_INFINITY, |a, b| a.max(*b)).insert_axis(Axis(1));
    let below = logits - &largest;
    let log_sums = below.exp().sum_axis(Axis(1)).ln().insert_axis(Axis(1));
    below - log_sums
}

/// One where a row's target is, zero elsewhere and in rows that do not count.
fn one_hot(targets: &Array1<usize>, vocabulary: usize) -> Array2<f64> {
    Array2::from_shape_fn((targets.len(), vocabulary), |(row, token)| f64::from(targets[row] == token))
}

pub fn cross_entropy(logits: &Array2<f64>, targets: &Array1<usize>) -> f64 {
    let chosen = one_hot(targets, logits.ncols());
    -(&chosen * &log_softmax(logits)).sum() / chosen.sum()
}

pub fn cross_entropy_gradient(logits: &Array2<f64>, targets: &Array1<usize>) -> Array2<f64> {
    let chosen = one_hot(targets, logits.ncols());
    let counts = chosen.sum_axis(Axis(1)).insert_axis(Axis(1));
    (log_softmax(logits).exp() * &counts - &chosen) / counts.sum()
}
