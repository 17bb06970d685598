//! Cross-entropy with ignored tokens, and its gradient.

use ndarray::{Array1, Array2, ArrayView1};

/// The target of a row that does not count.
pub const IGNORE: usize = usize::MAX;

/// The mean loss in nats, of the rows that count.
pub fn cross_entropy(logits: &Array2<f64>, targets: &Array1<usize>) -> f64 {
    logits
        .rows()
        .into_iter()
        .zip(targets.iter())
        .filter(|(_, target)| **target != IGNORE)
        .map(|(row, &target)| log_sum_exp(row) - row[target])
        .sum()
}

/// Its gradient by the logits.
pub fn cross_entropy_gradient(logits: &Array2<f64>, targets: &Array1<usize>) -> Array2<f64> {
    let n = targets.iter().filter(|&&t| t != IGNORE).count() as f64;
    let mut gradient = Array2::zeros(logits.raw_dim());
    for (m, &target) in targets.iter().enumerate() {
        if target == IGNORE {
            continue;
        }
        let z = logits.row(m);
        let max = z.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let e = z.mapv(|a| (a - max).exp());
        let mut p = &e / e.sum();
        p[target] -= 1.0;
        gradient.row_mut(m).assign(&(p / n));
    }
    gradient
}

fn log_sum_exp(row: ArrayView1<f64>) -> f64 {
    let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + row.iter().map(|z| (z - top).exp()).sum::<f64>().ln()
}
