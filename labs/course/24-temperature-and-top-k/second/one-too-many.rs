use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut descending: Vec<f64> = logits.iter().copied().collect();
    descending.sort_by(|a, b| b.total_cmp(a));
    match descending.get(k) {
        Some(&edge) => logits.mapv(|z| if z < edge { f64::NEG_INFINITY } else { z }),
        None => logits.clone(),
    }
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
