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
    let n = targets.fold(0, |n, &t| if t == IGNORE { n } else { n + 1 });
    let mut gradient = logits.clone();
    for (m, mut row) in gradient.outer_iter_mut().enumerate() {
        let Some(target) = Some(targets[m]).filter(|&t| t != IGNORE) else {
            row.fill(0.0);
            continue;
        };
        let max = row.iter().copied().fold(f64::MIN, f64::max);
        let total: f64 = row.iter().map(|z| (z - max).exp()).sum();
        for (v, z) in row.iter_mut().enumerate() {
            let truth = f64::from(u8::from(v == target));
            *z = (truth - (*z - max).exp() / total) / n as f64;
        }
    }
    gradient
}
