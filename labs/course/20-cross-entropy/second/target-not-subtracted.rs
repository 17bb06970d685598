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
    let counted: Vec<usize> = (0..targets.len()).filter(|&m| targets[m] != IGNORE).collect();
    let mut gradient = Array2::zeros(logits.raw_dim());
    for &m in &counted {
        let row = logits.row(m);
        let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let e: Array1<f64> = row.iter().map(|z| (z - top).exp()).collect();
        let total = e.sum() * counted.len() as f64;
        gradient.row_mut(m).assign(&(e / total));
    }
    gradient
}
