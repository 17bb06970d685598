use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut sorted = logits.to_vec();
    sorted.sort_by(|a, b| b.partial_cmp(a).unwrap());
    let edge = sorted[k.min(sorted.len()) - 1];
    logits.mapv(|z| if z >= edge { z } else { f64::NEG_INFINITY })
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let z = top_k(logits, k);
    let mut best = 0;
    for i in 0..z.len() {
        if z[i] > z[best] {
            best = i;
        }
    }
    if temperature == 0.0 {
        return Array1::from_shape_fn(z.len(), |i| if i == best { 1.0 } else { 0.0 });
    }
    let top = z[best];
    let e = z.mapv(|s| ((s - top) * temperature).exp());
    &e / e.sum()
}
