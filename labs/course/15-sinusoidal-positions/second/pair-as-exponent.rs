use ndarray::{Array2, Array3};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let frequencies: Vec<f64> = (0..width / 2).map(|i| 10000f64.powf(-(i as f64) / width as f64)).collect();
    let mut p = Array2::<f64>::zeros((length, width));
    for (t, mut row) in p.outer_iter_mut().enumerate() {
        for (i, f) in frequencies.iter().enumerate() {
            row[2 * i] = (f * t as f64).sin();
            row[2 * i + 1] = (f * t as f64).cos();
        }
    }
    p
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let p = positions(x.shape()[1], x.shape()[2]);
    let mut y = x.to_owned();
    for mut sequence in y.outer_iter_mut() {
        sequence += &p;
    }
    y
}
