use ndarray::{s, Array2};

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let n = q.nrows();
    let root = (q.ncols() as f64).sqrt();
    let mut out = Vec::with_capacity(v.len());
    for t in 0..n {
        // up to t, and the end of a range is excluded
        let end = (t + 2).min(n);
        let scores = k.slice(s![0..end, ..]).dot(&q.row(t)).mapv(|x| x / root);
        let m = scores.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
        let e = scores.mapv(|x| (x - m).exp());
        let mixed = e.dot(&v.slice(s![0..end, ..])) / e.sum();
        out.extend(mixed);
    }
    Array2::from_shape_vec(v.dim(), out).unwrap()
}
