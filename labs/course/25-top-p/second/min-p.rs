use ndarray::Array1;

fn softmax(z: &Array1<f64>) -> Array1<f64> {
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = z.mapv(|x| (x - max).exp());
    let total = e.sum();
    e / total
}

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let q = softmax(logits);
    let likeliest = q.iter().copied().fold(0.0, f64::max);
    let mut out = logits.clone();
    for i in 0..out.len() {
        if q[i] < p * likeliest {
            out[i] = f64::NEG_INFINITY;
        }
    }
    out
}

pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    let z = top_p(logits, p);
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = z.mapv(|x| ((x - max) / temperature).exp());
    let total = e.sum();
    e / total
}
