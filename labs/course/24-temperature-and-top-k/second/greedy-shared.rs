use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut sorted = logits.to_vec();
    sorted.sort_by(|a, b| b.partial_cmp(a).unwrap());
    let edge = sorted[k.min(sorted.len()) - 1];
    logits.mapv(|z| if z >= edge { z } else { f64::NEG_INFINITY })
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let kept = top_k(logits, k);
    let max = kept.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = if temperature == 0.0 {
        kept.mapv(|z| if z == max { 1.0 } else { 0.0 })
    } else {
        kept.mapv(|z| ((z - max) / temperature).exp())
    };
    let total = weights.sum();
    weights / total
}
