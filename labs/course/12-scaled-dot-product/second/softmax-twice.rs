use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let (n, d) = q.dim();
    let m = k.nrows();
    let mut p = Array2::<f64>::zeros((n, m));
    for t in 0..n {
        let mut largest = f64::NEG_INFINITY;
        for j in 0..m {
            let mut s = 0.0;
            for i in 0..d {
                s += q[[t, i]] * k[[j, i]];
            }
            p[[t, j]] = s / (d as f64).sqrt();
            largest = largest.max(p[[t, j]]);
        }
        let mut sum = 0.0;
        for j in 0..m {
            p[[t, j]] = (p[[t, j]] - largest).exp();
            sum += p[[t, j]];
        }
        for j in 0..m {
            p[[t, j]] /= sum;
        }
    }
    p
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let weights = attention_weights(q, k);
    let mut y = Array2::<f64>::zeros((q.nrows(), v.ncols()));
    for (w, mut out) in weights.outer_iter().zip(y.outer_iter_mut()) {
        let e = w.mapv(f64::exp);
        let alpha = &e / e.sum();
        out.assign(&alpha.dot(v));
    }
    y
}
