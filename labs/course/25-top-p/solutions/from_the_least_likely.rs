use ndarray::Array1;

/// Removes tokens as long as all that are gone have at most 1 - p together.
pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let total: f64 = logits.iter().map(|z| z.exp()).sum();
    let mut rising: Vec<(f64, usize)> = logits.iter().copied().zip(0..).collect();
    rising.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    rising.pop();
    let mut scores = logits.clone();
    let mut gone = 0.0;
    for (z, token) in rising {
        gone += z.exp() / total;
        if gone > 1.0 - p {
            break;
        }
        scores[token] = f64::NEG_INFINITY;
    }
    scores
}

pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    let mut weights = top_p(logits, p);
    let mut total = 0.0;
    for weight in &mut weights {
        *weight = (*weight / temperature).exp();
        total += *weight;
    }
    weights.mapv(|weight| weight / total)
}
