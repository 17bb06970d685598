use ndarray::{Array2, Array3};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let mut p = Array2::<f64>::zeros((length, width));
    for ((t, c), value) in p.indexed_iter_mut() {
        let exponent = c as f64 / width as f64;
        let angle = t as f64 / 10000f64.powf(exponent);
        *value = match c % 2 {
            0 => angle.sin(),
            _ => angle.cos(),
        };
    }
    p
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let (_, t, d) = x.dim();
    x + &positions(t, d)
}
