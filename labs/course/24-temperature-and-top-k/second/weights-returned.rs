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
    let scores = top_k(logits, k);
    let mut at = 0;
    for i in 1..scores.len() {
        if scores[i] > scores[at] {
            at = i;
        }
    }
    if temperature == 0.0 {
        let mut p = Array1::zeros(scores.len());
        p[at] = 1.0;
        p
    } else {
        let highest = scores[at];
        scores.mapv_into(|z| ((z - highest) / temperature).exp())
    }
}
