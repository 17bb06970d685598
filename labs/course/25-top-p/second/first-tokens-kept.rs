use ndarray::Array1;

fn softmax(z: &Array1<f64>) -> Array1<f64> {
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = z.mapv(|x| (x - max).exp());
    let total = e.sum();
    e / total
}

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let mut q = softmax(logits).to_vec();
    q.sort_by(|a, b| b.total_cmp(a));
    let mut n = 0;
    let mut sum = 0.0;
    while n < q.len() {
        sum += q[n];
        n += 1;
        if sum >= p {
            break;
        }
    }
    Array1::from_shape_fn(logits.len(), |i| if i < n { logits[i] } else { f64::NEG_INFINITY })
}

pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    let z = top_p(logits, p);
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = z.mapv(|x| ((x - max) / temperature).exp());
    let total = e.sum();
    e / total
}
