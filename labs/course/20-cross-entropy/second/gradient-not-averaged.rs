//! Cross-entropy with ignored tokens, and its gradient.

use ndarray::{Array1, Array2};

/// The target of a row that does not count.
pub const IGNORE: usize = usize::MAX;

fn softmax(logits: &Array2<f64>) -> Array2<f64> {
    let mut p = logits.clone();
    for mut row in p.rows_mut() {
        let top = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        row.mapv_inplace(|z| (z - top).exp());
        let sum = row.sum();
        row /= sum;
    }
    p
}

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
    let mut p = softmax(logits);
    for (mut row, &target) in p.outer_iter_mut().zip(targets) {
        if target == IGNORE {
            row.fill(0.0);
        } else {
            row[target] -= 1.0;
        }
    }
    p
}
