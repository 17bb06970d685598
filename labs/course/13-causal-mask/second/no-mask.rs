use ndarray::{Array2, Axis};

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let s = q.dot(&k.t()) / (q.ncols() as f64).sqrt();
    let top = s.map_axis(Axis(1), |r| r.iter().cloned().fold(f64::MIN, f64::max)).insert_axis(Axis(1));
    let e = (s - top).exp();
    let z = e.sum_axis(Axis(1)).insert_axis(Axis(1));
    e.dot(v) / z
}
