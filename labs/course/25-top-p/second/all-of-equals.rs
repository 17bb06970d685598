use ndarray::Array1;

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let mut sorted = logits.to_vec();
    sorted.sort_by(|a, b| b.partial_cmp(a).unwrap());
    let top = sorted[0];
    let total: f64 = sorted.iter().map(|z| (z - top).exp()).sum();
    let mut edge = top;
    let mut sum = 0.0;
    for &z in &sorted {
        edge = z;
        sum += (z - top).exp() / total;
        if sum >= p {
            break;
        }
    }
    logits.mapv(|z| if z >= edge { z } else { f64::NEG_INFINITY })
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
