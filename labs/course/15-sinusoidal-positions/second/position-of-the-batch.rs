use ndarray::{Array2, Array3};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let mut p = Array2::<f64>::zeros((length, width));
    for t in 0..length {
        for i in 0..width / 2 {
            let wavelength = f64::powf(10_000.0, (2 * i) as f64 / width as f64);
            p[[t, 2 * i]] = (t as f64 / wavelength).sin();
            p[[t, 2 * i + 1]] = (t as f64 / wavelength).cos();
        }
    }
    p
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let (batch, _, width) = x.dim();
    let p = positions(batch, width);
    let mut y = x.clone();
    for (b, mut sequence) in y.outer_iter_mut().enumerate() {
        for mut token in sequence.rows_mut() {
            token += &p.row(b);
        }
    }
    y
}
