use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut sorted = logits.to_vec();
    sorted.sort_by(|a, b| b.partial_cmp(a).unwrap());
    let edge = sorted[k.min(sorted.len()) - 1];
    logits.mapv(|z| if z >= edge { z } else { f64::NEG_INFINITY })
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let _ = k;
    let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if temperature == 0.0 {
        let first = logits.iter().position(|&z| z == max).unwrap();
        let mut p = Array1::zeros(logits.len());
        p[first] = 1.0;
        return p;
    }
    let e: Array1<f64> = logits.iter().map(|&z| ((z - max) / temperature).exp()).collect();
    let sum = e.sum();
    e / sum
}
