//! Cross-entropy with ignored tokens, and its gradient.

use ndarray::{Array1, Array2};

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
    let mut n = 0.0;
    let mut gradient = Array2::zeros(logits.raw_dim());
    for ((row, mut out), &target) in logits.outer_iter().zip(gradient.outer_iter_mut()).zip(targets.iter()) {
        if target != IGNORE {
            let max = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
            let e = (&row - max).exp();
            let p = e[target] / e.sum();
            out[target] = -1.0 / p;
            n += 1.0;
        }
    }
    gradient /= n;
    gradient
}
