use ndarray::{Array2, Array3};

const BASE: f64 = 1e3;

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    Array2::from_shape_fn((length, width), |(t, c)| {
        let even = c - c % 2;
        let angle = t as f64 * BASE.powf(-(even as f64) / width as f64);
        if c == even {
            angle.sin()
        } else {
            angle.cos()
        }
    })
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let (batch, length, width) = x.dim();
    let p = positions(length, width);
    let mut out = x.clone();
    for b in 0..batch {
        for t in 0..length {
            for c in 0..width {
                out[[b, t, c]] += p[[t, c]];
            }
        }
    }
    out
}
