use ndarray::{Array1, Array2, Axis};

pub const IGNORE: usize = usize::MAX;

pub fn cross_entropy(logits: &Array2<f64>, targets: &Array1<usize>) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for (row, &target) in logits.axis_iter(Axis(0)).zip(targets) {
        if target != IGNORE {
            let largest = row.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
            let log_sum = largest + row.mapv(|logit| (logit - largest).exp()).sum().ln();
            sum += log_sum - row[target];
            count += 1;
        }
    }
    sum / count as f64
}

pub fn cross_entropy_gradient(logits: &Array2<f64>, targets: &Array1<usize>) -> Array2<f64> {
    let count = targets.iter().filter(|&&target| target != IGNORE).count();
    let mut gradient = Array2::zeros(logits.dim());
    for ((row, mut out), &target) in logits.axis_iter(Axis(0)).zip(gradient.axis_iter_mut(Axis(0))).zip(targets) {
        let largest = row.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        let exponentials = row.mapv(|logit| (logit - largest).exp());
        out.assign(&(&exponentials / exponentials.sum()));
        if target != IGNORE {
            out[target] -= 1.0;
        }
    }
    gradient / count as f64
}
