use ndarray::Array2;

fn masked(mut s: Array2<f64>) -> Array2<f64> {
    for t in 0..s.nrows() {
        for j in t + 1..s.ncols() {
            s[[t, j]] = f64::NEG_INFINITY;
        }
    }
    s
}

fn softmax(s: &Array2<f64>) -> Array2<f64> {
    let mut p = s.clone();
    for mut row in p.outer_iter_mut() {
        let m = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        row.mapv_inplace(|x| f64::exp(x - m));
        let total = row.sum();
        row.mapv_inplace(|x| x / total);
    }
    p
}

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let d = q.ncols() as f64;
    let s = k.dot(&q.t()) / d.sqrt();
    softmax(&masked(s)).dot(v)
}
