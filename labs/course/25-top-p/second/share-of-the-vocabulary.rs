use ndarray::Array1;

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let v = logits.len();
    let n = ((p * v as f64).ceil() as usize).max(1);
    let mut order: Vec<usize> = (0..v).collect();
    order.sort_by(|&i, &j| logits[j].partial_cmp(&logits[i]).unwrap().then_with(|| j.cmp(&i)));
    let mut out = logits.clone();
    for &i in order.iter().skip(n) {
        out[i] = f64::NEG_INFINITY;
    }
    out
}

pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    let kept = top_p(logits, p);
    let top = kept.fold(f64::NEG_INFINITY, |m, &x| m.max(x));
    let weights = ((&kept - top) / temperature).exp();
    &weights / weights.sum()
}
