use ndarray::{Array3, Array4};

pub fn split_heads(x: &Array3<f64>, heads: usize) -> Array4<f64> {
    let (b, t, d) = x.dim();
    let width = d / heads;
    Array4::from_shape_fn((b, heads, t, width), |(b, n, t, k)| x[[b, t, n * width + k]])
}

pub fn merge_heads(x: &Array4<f64>) -> Array3<f64> {
    let (batch, heads, time, k) = x.dim();
    let mut sum = Array3::<f64>::zeros((batch, time, k));
    for b in 0..batch {
        for n in 0..heads {
            for t in 0..time {
                for i in 0..k {
                    sum[[b, t, i]] += x[[b, n, t, i]];
                }
            }
        }
    }
    sum
}
