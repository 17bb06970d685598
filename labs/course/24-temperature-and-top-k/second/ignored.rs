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
    let max = kept.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
    let mut p = Array1::zeros(kept.len());
    if temperature == 0.0 {
        let at = kept.iter().position(|&z| z == max).unwrap();
        p[at] = 1.0;
    } else {
        for i in 0..kept.len() {
            p[i] = (kept[i] - max).exp();
        }
        p /= p.sum();
    }
    p
}
