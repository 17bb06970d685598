use ndarray::{concatenate, Array2, Array3, Axis};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let half = width / 2;
    let angles = Array2::from_shape_fn((length, half), |(t, i)| {
        t as f64 / 10000f64.powf(2.0 * i as f64 / width as f64)
    });
    let sines = angles.mapv(f64::sin);
    let cosines = angles.mapv(f64::cos);
    concatenate![Axis(1), sines, cosines]
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
