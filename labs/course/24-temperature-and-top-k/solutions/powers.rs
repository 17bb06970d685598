use ndarray::Array1;

/// A token stays if fewer than k have a higher score.
pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut scores = logits.clone();
    for (token, score) in scores.iter_mut().enumerate() {
        let higher = logits.iter().filter(|&&other| other > logits[token]).count();
        if higher >= k {
            *score = f64::NEG_INFINITY;
        }
    }
    scores
}

/// e^(z / T) is e^z raised to the power of 1 / T.
pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let scores = top_k(logits, k);
    let mut likeliest = 0;
    for (token, &score) in scores.iter().enumerate() {
        if score > scores[likeliest] {
            likeliest = token;
        }
    }
    let mut weights = Array1::zeros(scores.len());
    if temperature == 0.0 {
        weights[likeliest] = 1.0;
        return weights;
    }
    let mut total = 0.0;
    for (weight, score) in weights.iter_mut().zip(&scores) {
        *weight = (score - scores[likeliest]).exp().powf(1.0 / temperature);
        total += *weight;
    }
    weights.mapv(|weight| weight / total)
}
