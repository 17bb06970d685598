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

fn softmax(z: &Array1<f64>) -> Array1<f64> {
    let max = z.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let e = z.mapv(|x| (x - max).exp());
    let sum = e.sum();
    e / sum
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let z = top_k(logits, k);
    if temperature == 0.0 {
        let mut best = 0;
        for (i, &score) in z.iter().enumerate() {
            if score > z[best] {
                best = i;
            }
        }
        let mut p = Array1::zeros(z.len());
        p[best] = 1.0;
        return p;
    }
    softmax(&z) / temperature
}
