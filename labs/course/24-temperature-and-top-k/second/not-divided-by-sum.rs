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
    let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if temperature == 0.0 {
        let mut p = Array1::zeros(logits.len());
        if let Some(i) = logits.iter().position(|&z| z == max) {
            p[i] = 1.0;
        }
        return p;
    }
    let mut p = logits.mapv(|z| ((z - max) / temperature).exp());
    p /= p.sum();
    for (value, &z) in p.iter_mut().zip(kept.iter()) {
        if z == f64::NEG_INFINITY {
            *value = 0.0;
        }
    }
    p
}
