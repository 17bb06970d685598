use ndarray::Array1;

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let probabilities = softmax(logits);
    let least = p * probabilities.fold(0.0, |a: f64, &b| a.max(b));
    let kept = |token: usize| if probabilities[token] >= least { logits[token] } else { f64::NEG_INFINITY };
    Array1::from_shape_fn(logits.len(), kept)
}

pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    softmax(&(top_p(logits, p) / temperature))
}

fn softmax(scores: &Array1<f64>) -> Array1<f64> {
    let highest = scores.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let weights = scores.mapv(|z| (z - highest).exp());
    let total = weights.sum();
    weights / total
}
