use ndarray::{Array2, Array3};

fn angle(t: usize, pair: usize, width: usize) -> f64 {
    t as f64 / f64::powf(10000.0, 2.0 * pair as f64 / width as f64)
}

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let mut p = Array2::<f64>::zeros((length, width));
    for pair in 0..width / 2 {
        for t in 0..length {
            let a = angle(t, pair, width);
            p[[t, 2 * pair]] = a.cos();
            p[[t, 2 * pair + 1]] = a.sin();
        }
    }
    p
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let (_, t, d) = x.dim();
    x + &positions(t, d)
}
