use ndarray::Array1;

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let probabilities = softmax(logits);
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]).then(b.cmp(&a)));
    let mut scores = Array1::from_elem(logits.len(), f64::NEG_INFINITY);
    let mut sum = 0.0;
    for token in order {
        scores[token] = logits[token];
        sum += probabilities[token];
        if sum > p {
            break;
        }
    }
    scores
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
