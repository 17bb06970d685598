//! Cross-entropy with ignored tokens, and its gradient.

use ndarray::{Array1, Array2, Axis};

/// The target of a row that does not count.
pub const IGNORE: usize = usize::MAX;

/// The mean loss in nats, of the rows that count.
pub fn cross_entropy(logits: &Array2<f64>, targets: &Array1<usize>) -> f64 {
    let mut sum = 0.0;
    let mut n = 0;
    for (row, &target) in logits.outer_iter().zip(targets) {
        if target == IGNORE {
            continue;
        }
        let max = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let log_sum = max + row.mapv(|z| (z - max).exp()).sum().ln();
        sum += log_sum - row[target];
        n += 1;
    }
    sum / n as f64
}

/// Its gradient by the logits.
pub fn cross_entropy_gradient(logits: &Array2<f64>, targets: &Array1<usize>) -> Array2<f64> {
    let max = logits.fold_axis(Axis(1), f64::NEG_INFINITY, |a, &b| a.max(b)).insert_axis(Axis(1));
    let e = (logits - &max).exp();
    let p = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1));
    // IGNORE is no column, so nothing is one in these rows
    let one_hot = Array2::from_shape_fn(logits.raw_dim(), |(m, v)| if targets[m] == v { 1.0 } else { 0.0 });
    let n = one_hot.sum();
    (p - one_hot) / n
}
