//! Cross-entropy with ignored tokens, and its gradient.

use ndarray::{Array1, Array2};

/// The target of a row that does not count.
pub const IGNORE: usize = usize::MAX;

/// The mean loss in nats, of the rows that count.
pub fn cross_entropy(logits: &Array2<f64>, targets: &Array1<usize>) -> f64 {
    let losses: Vec<f64> = (0..targets.len())
        .filter(|&m| targets[m] != IGNORE)
        .map(|m| {
            let z = logits.row(m);
            let top = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = z.iter().map(|a| (a - top).exp()).sum();
            total.ln() - (z[targets[m]] - top)
        })
        .collect();
    losses.iter().sum::<f64>() / losses.len() as f64
}

/// Its gradient by the logits.
pub fn cross_entropy_gradient(logits: &Array2<f64>, targets: &Array1<usize>) -> Array2<f64> {
    let n = targets.iter().filter(|t| **t < usize::MAX).count() as f64;
    let mut gradient = Array2::zeros((logits.nrows(), logits.ncols()));
    for m in 0..logits.nrows() {
        let target = targets[m];
        if target != IGNORE {
            gradient[[m, target]] = (probability(logits, m, target) - 1.0) / n;
        }
    }
    gradient
}

fn probability(logits: &Array2<f64>, row: usize, token: usize) -> f64 {
    let z = logits.row(row);
    let max = z.fold(z[token], |a, &b| a.max(b));
    (z[token] - max).exp() / z.mapv(|a| (a - max).exp()).sum()
}
