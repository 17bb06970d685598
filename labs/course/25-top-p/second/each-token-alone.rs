use ndarray::Array1;

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let max = logits.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let e = logits.mapv(|z| (z - max).exp());
    let sum = e.sum();
    logits
        .iter()
        .zip(&e)
        .map(|(&z, &w)| if w / sum >= p { z } else { f64::NEG_INFINITY })
        .collect()
}

pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    let kept = top_p(logits, p);
    let top = kept.fold(f64::NEG_INFINITY, |m, &x| m.max(x));
    let weights = ((&kept - top) / temperature).exp();
    &weights / weights.sum()
}
