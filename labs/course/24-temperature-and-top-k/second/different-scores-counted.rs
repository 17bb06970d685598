use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut levels = logits.to_vec();
    levels.sort_by(|a, b| b.partial_cmp(a).unwrap());
    levels.dedup();
    levels.truncate(k);
    let lowest = *levels.last().unwrap();
    logits.mapv(|z| if z >= lowest { z } else { f64::NEG_INFINITY })
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let kept = top_k(logits, k);
    let max = kept.fold(f64::NEG_INFINITY, |m, &z| m.max(z));
    if temperature == 0.0 {
        let first = kept.iter().position(|&z| z == max);
        return Array1::from_shape_fn(kept.len(), |i| if Some(i) == first { 1.0 } else { 0.0 });
    }
    let mut p = ((kept - max) / temperature).mapv_into(f64::exp);
    p /= p.sum();
    p
}
