use ndarray::{Array2, Axis};

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
    let best: Vec<usize> = attention_weights(q, k)
        .outer_iter()
        .map(|row| {
            row.iter()
                .enumerate()
                .max_by(|a, b| a.1.total_cmp(b.1))
                .map(|(j, _)| j)
                .unwrap_or(0)
        })
        .collect();
    v.select(Axis(0), &best)
}
