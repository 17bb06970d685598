use ndarray::Array1;

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = logits.mapv(|z| (z - max).exp());
    let q = &e / e.sum();
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&i, &j| logits[j].partial_cmp(&logits[i]).unwrap().then(j.cmp(&i)));
    let mut out = Array1::from_elem(logits.len(), f64::NEG_INFINITY);
    let mut sum = 0.0;
    for i in order {
        out[i] = logits[i];
        sum += q[i];
        if sum >= p {
            break;
        }
    }
    out
}

pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    let z = top_p(&(logits / temperature), p);
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = z.mapv(|x| (x - max).exp());
    let total = e.sum();
    e / total
}
