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
        let mut best = 0;
        for i in 1..kept.len() {
            if kept[i] > kept[best] {
                best = i;
            }
        }
        let mut p = Array1::zeros(kept.len());
        p[best] = 1.0;
        return p;
    }
    let z = kept.mapv(|s| if s.is_infinite() { 0.0 } else { s });
    let max = z.fold(f64::NEG_INFINITY, |m, &s| m.max(s));
    let e = z.mapv(|s| ((s - max) / temperature).exp());
    let sum = e.sum();
    e / sum
}
