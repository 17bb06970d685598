use ndarray::{Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (batch, time, d) = x.dim();
    let k = d / heads;
    let mut out = Array4::<f64>::zeros((heads, batch, time, k));
    for head in 0..heads {
        for b in 0..batch {
            for t in 0..time {
                for i in 0..k {
                    out[[head, b, t, i]] = x[[b, t, head * k + i]];
                }
            }
        }
    }
    out
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (b, n, t, k) = x.dim();
    Array3::from_shape_fn((b, t, n * k), |(b, t, c)| x[[b, c / k, t, c % k]])
}
