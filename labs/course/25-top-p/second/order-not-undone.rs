use ndarray::Array1;

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let mut sorted = logits.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let e: Vec<f64> = sorted.iter().map(|z| (z - sorted[0]).exp()).collect();
    let total: f64 = e.iter().sum();
    let mut sum = 0.0;
    for i in 0..sorted.len() {
        if i > 0 && sum >= p {
            sorted[i] = f64::NEG_INFINITY;
        }
        sum += e[i] / total;
    }
    Array1::from(sorted)
}

pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    let mut z = top_p(logits, p);
    let mut highest = f64::NEG_INFINITY;
    for &s in z.iter() {
        if s > highest {
            highest = s;
        }
    }
    let mut sum = 0.0;
    for s in z.iter_mut() {
        *s = ((*s - highest) / temperature).exp();
        sum += *s;
    }
    z / sum
}
