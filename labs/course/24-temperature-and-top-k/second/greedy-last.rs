use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    // a score stays if fewer than k are above it
    logits
        .iter()
        .map(|&z| {
            let above = logits.iter().filter(|&&other| other > z).count();
            if above < k {
                z
            } else {
                f64::NEG_INFINITY
            }
        })
        .collect()
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let kept = top_k(logits, k);
    if temperature == 0.0 {
        let best = (0..kept.len())
            .max_by(|&i, &j| kept[i].partial_cmp(&kept[j]).unwrap())
            .unwrap();
        return Array1::from_shape_fn(kept.len(), |i| (i == best) as u8 as f64);
    }
    let max = kept.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = ((kept - max) / temperature).exp();
    let sum = e.sum();
    e / sum
}
