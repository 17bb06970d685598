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
    let m = logits.nrows();
    let mut gradient = Array2::<f64>::zeros((m, logits.ncols()));
    for i in 0..m {
        if targets[i] == IGNORE {
            continue;
        }
        let row = logits.row(i);
        let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.iter().map(|z| (z - top).exp()).sum();
        for v in 0..row.len() {
            let hit = if v == targets[i] { 1.0 } else { 0.0 };
            gradient[[i, v]] = ((row[v] - top).exp() / sum - hit) / m as f64;
        }
    }
    gradient
}
