use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    // the sort is stable, so equal scores stay in the order of the vocabulary
    order.sort_by(|&i, &j| logits[j].partial_cmp(&logits[i]).unwrap());
    let mut out = Array1::from_elem(logits.len(), f64::NEG_INFINITY);
    for &i in order.iter().take(k) {
        out[i] = logits[i];
    }
    out
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let z = top_k(logits, k);
    let mut best = 0;
    for i in 1..z.len() {
        if z[i] > z[best] {
            best = i;
        }
    }
    if temperature == 0.0 {
        let mut p = Array1::zeros(z.len());
        p[best] = 1.0;
        return p;
    }
    let highest = z[best];
    let e = z.mapv(|x| ((x - highest) / temperature).exp());
    let total = e.sum();
    e / total
}
