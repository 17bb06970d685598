use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut sorted = logits.to_vec();
    sorted.sort_by(|a, b| b.partial_cmp(a).unwrap());
    let edge = sorted[k.min(sorted.len()) - 1];
    logits.mapv(|z| if z >= edge { z } else { f64::NEG_INFINITY })
}

fn softmax(z: Array1<f64>) -> Array1<f64> {
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = (z - max).exp();
    let total = e.sum();
    e / total
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let kept = top_k(logits, k);
    if temperature == 0.0 {
        let mut first = 0;
        for i in 1..kept.len() {
            if kept[i] > kept[first] {
                first = i;
            }
        }
        let mut one = Array1::zeros(kept.len());
        one[first] = 1.0;
        one
    } else {
        softmax(softmax(kept) / temperature)
    }
}
