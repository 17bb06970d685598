use ndarray::{Array2, Array3};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let mut p = Array2::<f64>::zeros((length, width));
    for t in 0..length {
        let share = t as f64 / length as f64;
        for i in 0..width / 2 {
            let angle = share / 10000f64.powf(2.0 * i as f64 / width as f64);
            let (s, c) = angle.sin_cos();
            p[[t, 2 * i]] = s;
            p[[t, 2 * i + 1]] = c;
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
