use ndarray::Array1;

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = logits.mapv(|z| (z - max).exp());
    let total = weights.sum();
    let mut order: Vec<usize> = (0..logits.len()).rev().collect();
    order.sort_by(|&i, &j| logits[j].partial_cmp(&logits[i]).unwrap());
    let mut kept = Array1::from_elem(logits.len(), f64::NEG_INFINITY);
    let mut sum = 0.0;
    for i in order {
        sum += weights[i] / total;
        if sum > p {
            break;
        }
        kept[i] = logits[i];
    }
    kept
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
