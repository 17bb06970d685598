use ndarray::{Array2, Axis};

fn softmax_rows(s: &Array2<f64>) -> Array2<f64> {
    let m = s.fold_axis(Axis(1), f64::NEG_INFINITY, |a, &b| a.max(b)).insert_axis(Axis(1));
    let e = (s - &m).mapv(f64::exp);
    &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1))
}

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let s = q.dot(&k.t()) / (q.ncols() as f64).sqrt();
    let p = softmax_rows(&s).tril(0);
    p.dot(v)
}
