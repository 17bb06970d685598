use ndarray::Array1;

fn softmax(z: &Array1<f64>) -> Array1<f64> {
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = z.mapv(|x| (x - max).exp());
    let total = e.sum();
    e / total
}

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let q = softmax(logits);
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&i, &j| logits[i].partial_cmp(&logits[j]).unwrap());
    let mut out = Array1::from_elem(logits.len(), f64::NEG_INFINITY);
    let mut sum = 0.0;
    for &i in &order {
        out[i] = logits[i];
        sum += q[i];
        if sum >= p {
            break;
        }
    }
    out
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
