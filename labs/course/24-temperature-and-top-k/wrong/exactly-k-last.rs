use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]).then(b.cmp(&a)));
    let mut scores = Array1::from_elem(logits.len(), f64::NEG_INFINITY);
    order.iter().take(k).for_each(|&token| scores[token] = logits[token]);
    scores
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let scores = top_k(logits, k);
    let highest = scores.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    if temperature == 0.0 {
        let likeliest = scores.iter().position(|&z| z == highest);
        return Array1::from_shape_fn(scores.len(), |token| f64::from(Some(token) == likeliest));
    }
    let weights = scores.mapv(|z| ((z - highest) / temperature).exp());
    let total = weights.sum();
    weights / total
}
