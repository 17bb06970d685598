use ndarray::Array1;

pub fn top_k(logits: &Array1<f64>, k: usize) -> Array1<f64> {
    let v = logits.len();
    if k >= v {
        return logits.clone();
    }
    let mut sorted = logits.to_vec();
    sorted.sort_by(|a, b| a.total_cmp(b));
    let threshold = sorted[v - k];
    let mut result = logits.clone();
    for z in result.iter_mut() {
        if *z < threshold {
            *z = f64::NEG_INFINITY;
        }
    }
    result
}

pub fn probabilities(logits: &Array1<f64>, k: usize, temperature: f64) -> Array1<f64> {
    let mut z = top_k(logits, k);
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    z -= max;
    z /= temperature;
    z.mapv_inplace(f64::exp);
    let total = z.sum();
    z / total
}
