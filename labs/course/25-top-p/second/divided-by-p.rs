use ndarray::Array1;

fn chances(scores: &Array1<f64>) -> Array1<f64> {
    let top = scores.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let w = (scores - top).exp();
    let s = w.sum();
    w / s
}

pub fn top_p(logits: &Array1<f64>, p: f64) -> Array1<f64> {
    let q = chances(logits);
    let mut ascending: Vec<usize> = (0..logits.len()).collect();
    // stable: of equal scores the highest number is last
    ascending.sort_by(|&a, &b| logits[a].partial_cmp(&logits[b]).unwrap());
    let mut result = logits.clone();
    let mut before = 0.0;
    for (n, &i) in ascending.iter().rev().enumerate() {
        if n > 0 && before >= p {
            result[i] = f64::NEG_INFINITY;
        }
        before += q[i];
    }
    result
}

fn softmax_at(z: &Array1<f64>, temperature: f64) -> Array1<f64> {
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = z.mapv(|x| ((x - max) / temperature).exp());
    &e / e.sum()
}

pub fn probabilities(logits: &Array1<f64>, p: f64, temperature: f64) -> Array1<f64> {
    let kept = top_p(logits, p);
    let mut result = softmax_at(logits, temperature);
    for i in 0..result.len() {
        if kept[i] == f64::NEG_INFINITY {
            result[i] = 0.0;
        } else {
            result[i] /= p;
        }
    }
    result
}
