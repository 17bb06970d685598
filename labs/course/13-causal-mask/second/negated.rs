use ndarray::{s, Array2};

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let minus_root = -(k.ncols() as f64).sqrt();
    let mut y = Array2::<f64>::zeros(v.dim());
    for t in 0..q.nrows() {
        let keys = k.slice(s![..t + 1, ..]);
        let values = v.slice(s![..t + 1, ..]);
        let scores = keys.dot(&q.row(t)) / minus_root;
        let m = scores.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        let e = (scores - m).mapv(f64::exp);
        let w = &e / e.sum();
        y.row_mut(t).assign(&w.dot(&values));
    }
    y
}
