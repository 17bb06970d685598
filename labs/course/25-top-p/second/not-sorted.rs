use ndarray::Array1;

fn softmax(z: &Array1<f64>) -> Array1<f64> {
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = z.mapv(|x| (x - max).exp());
    let total = e.sum();
    e / total
}

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let q = softmax(logits);
    let mut out = Array1::from_elem(logits.len(), f64::NEG_INFINITY);
    let mut sum = 0.0;
    for (i, &z) in logits.iter().enumerate() {
        out[i] = z;
        sum += q[i];
        if sum >= p {
            return out;
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
