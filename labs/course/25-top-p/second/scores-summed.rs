use ndarray::Array1;

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let mut order: Vec<usize> = (0..logits.len()).rev().collect();
    order.sort_by(|&i, &j| logits[j].partial_cmp(&logits[i]).unwrap());
    let mut out = Array1::from_elem(logits.len(), f64::NEG_INFINITY);
    let mut sum = 0.0;
    for i in order {
        out[i] = logits[i];
        sum += logits[i];
        if sum >= p {
            break;
        }
    }
    out
}

pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    let kept = top_p(logits, p);
    let top = kept.fold(f64::NEG_INFINITY, |m, &x| m.max(x));
    let weights = ((&kept - top) / temperature).exp();
    &weights / weights.sum()
}
