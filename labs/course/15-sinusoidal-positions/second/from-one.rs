use ndarray::{Array2, Array3};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let mut table = Vec::new();
    for t in 1..=length {
        for i in 0..width / 2 {
            let turn = t as f64 / 10000f64.powf((i + i) as f64 / width as f64);
            table.extend([turn.sin(), turn.cos()]);
        }
    }
    Array2::from_shape_vec((length, width), table).unwrap()
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
