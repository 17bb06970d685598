use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut sorted = logits.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let edge = sorted[k.min(sorted.len()) - 1];
    logits.mapv(|z| if z <= edge { z } else { f64::NEG_INFINITY })
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let z = top_k(logits, k);
    let mut best = 0;
    for i in 1..z.len() {
        if z[i] > z[best] {
            best = i;
        }
    }
    if temperature == 0.0 {
        let mut p = Array1::zeros(z.len());
        p[best] = 1.0;
        return p;
    }
    let highest = z[best];
    let e = z.mapv(|x| ((x - highest) / temperature).exp());
    let total = e.sum();
    e / total
}
