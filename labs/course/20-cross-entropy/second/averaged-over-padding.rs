//! Cross-entropy with ignored tokens, and its gradient.

use ndarray::{Array1, Array2, Axis};

/// The target of a row that does not count.
pub const IGNORE: usize = usize::MAX;

/// The mean loss in nats, of the rows that count.
pub fn cross_entropy(logits: &Array2<f64>, targets: &Array1<usize>) -> f64 {
    let maxima = logits.fold_axis(Axis(1), f64::NEG_INFINITY, |a, &b| a.max(b)).insert_axis(Axis(1));
    let shifted = logits - &maxima;
    let log_sums = shifted.exp().sum_axis(Axis(1)).ln();
    let losses = Array1::from_shape_fn(targets.len(), |m| match targets[m] {
        IGNORE => 0.0,
        target => log_sums[m] - shifted[[m, target]],
    });
    losses.mean().unwrap_or(0.0)
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
