use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut falling = logits.to_vec();
    falling.sort_by(|a, b| b.total_cmp(a));
    let last = falling[k.min(falling.len()) - 1];
    logits.mapv(|z| if z >= last { z } else { f64::NEG_INFINITY })
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let scores = top_k(logits, k);
    let highest = scores.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    if temperature == 0.0 {
        let likeliest = scores.iter().position(|&z| z == highest);
        return Array1::from_shape_fn(scores.len(), |token| f64::from(Some(token) == likeliest));
    }
    let softmax = |x: Array1<f64>| {
        let highest = x.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let weights = x.mapv(|x| (x - highest).exp());
        let total = weights.sum();
        weights / total
    };
    softmax(softmax(scores) / temperature)
}
