use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut sorted = logits.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let edge = sorted[k.min(logits.len()) - 1];
    let mut out = Array1::zeros(logits.len());
    for i in 0..logits.len() {
        if logits[i] >= edge {
            out[i] = logits[i];
        }
    }
    out
}

fn softmax(scores: &Array1<f64>, temperature: f64) -> Array1<f64> {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Array1<f64> = scores.iter().map(|s| ((s - top) / temperature).exp()).collect();
    let sum = weights.sum();
    weights.mapv(|w| w / sum)
}

fn greedy(scores: &Array1<f64>) -> Array1<f64> {
    let mut p = Array1::zeros(scores.len());
    let mut at = 0;
    for (i, &s) in scores.iter().enumerate() {
        if s > scores[at] {
            at = i;
        }
    }
    p[at] = 1.0;
    p
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let left = top_k(logits, k);
    if temperature > 0.0 {
        softmax(&left, temperature)
    } else {
        greedy(&left)
    }
}
