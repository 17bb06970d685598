//! Cross-entropy with ignored tokens, and its gradient.

use ndarray::{Array1, Array2};

/// The target of a row that does not count.
pub const IGNORE: usize = usize::MAX;

/// The mean loss in nats, of the rows that count.
pub fn cross_entropy(logits: &Array2<f64>, targets: &Array1<usize>) -> f64 {
    let mut previous = targets[0];
    let mut loss = 0.0;
    let mut n = 0;
    for (row, &own) in logits.outer_iter().zip(targets.iter()) {
        let target = previous;
        previous = own;
        if target == IGNORE {
            continue;
        }
        let top = row.iter().fold(row[0], |a, &b| f64::max(a, b));
        let sum: f64 = row.iter().map(|&z| f64::exp(z - top)).sum();
        loss += top + sum.ln() - row[target];
        n += 1;
    }
    loss / n as f64
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
