use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let v = logits.len();
    if k >= v {
        return logits.clone();
    }
    let mut sorted = logits.to_vec();
    sorted.sort_by(|a, b| a.total_cmp(b));
    let threshold = sorted[v - k];
    let mut result = logits.clone();
    for z in result.iter_mut() {
        if *z < threshold {
            *z = f64::NEG_INFINITY;
        }
    }
    result
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let kept = top_k(logits, k);
    if temperature == 0.0 {
        let mut p = Array1::zeros(kept.len());
        let mut best = 0;
        for (i, z) in kept.iter().enumerate() {
            if *z > kept[best] {
                best = i;
            }
        }
        p[best] = 1.0;
        return p;
    }
    let e = kept.mapv(|z| (z / temperature).exp());
    let sum = e.sum();
    e / sum
}
