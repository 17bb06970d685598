//! Cross-entropy with ignored tokens, and its gradient.

use ndarray::{Array1, Array2, Axis};

/// The target of a row that does not count.
pub const IGNORE: usize = usize::MAX;

/// The mean loss in nats, of the rows that count.
pub fn cross_entropy(logits: &Array2<f64>, targets: &Array1<usize>) -> f64 {
    let mut p = logits.clone();
    for mut row in p.rows_mut() {
        let max = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        row.mapv_inplace(|z| (z - max).exp());
        let sum = row.sum();
        row /= sum;
    }
    let of_target: Array1<f64> = targets.indexed_iter().filter(|(_, t)| **t != IGNORE).map(|(m, &t)| p[[m, t]]).collect();
    -of_target.sum() / of_target.len() as f64
}

/// Its gradient by the logits.
pub fn cross_entropy_gradient(logits: &Array2<f64>, targets: &Array1<usize>) -> Array2<f64> {
    let top = logits.map_axis(Axis(1), |row| row.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    let e = (logits - &top.insert_axis(Axis(1))).exp();
    let mut g = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1));
    let mut n = 0.0;
    for (m, &target) in targets.indexed_iter() {
        if target == IGNORE {
            g.row_mut(m).fill(0.0);
        } else {
            g[[m, target]] -= 1.0;
            n += 1.0;
        }
    }
    g / n
}
