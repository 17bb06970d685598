use ndarray::Array2;

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let n = q.nrows();
    let mut p = q.dot(&k.t());
    p /= (q.ncols() as f64).sqrt();
    for j in 0..n {
        for t in 0..j {
            p[[t, j]] = f64::NEG_INFINITY;
        }
        let mut col = p.column_mut(j);
        let m = col.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
        col.mapv_inplace(|x| (x - m).exp());
        let total = col.sum();
        col /= total;
    }
    p.dot(v)
}
