//! Cross-entropy with ignored tokens, and its gradient.

use ndarray::{Array1, Array2, Axis};

/// The target of a row that does not count.
pub const IGNORE: usize = usize::MAX;

fn log_softmax(logits: &Array2<f64>) -> Array2<f64> {
    let max = logits.map_axis(Axis(1), |row| row.fold(f64::NEG_INFINITY, |a, &b| a.max(b)));
    let z = logits - &max.insert_axis(Axis(1));
    let normaliser = z.exp().sum_axis(Axis(1)).ln().insert_axis(Axis(1));
    z - normaliser
}

/// The mean loss in nats, of the rows that count.
pub fn cross_entropy(logits: &Array2<f64>, targets: &Array1<usize>) -> f64 {
    let log_p = log_softmax(logits);
    let (sum, n) = targets
        .iter()
        .enumerate()
        .filter(|&(_, &t)| t != IGNORE)
        .fold((0.0, 0.0), |(sum, n), (m, &t)| (sum + log_p[(m, t)], n + 1.0));
    sum / n
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
