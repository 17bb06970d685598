use ndarray::{Array2, Array3};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    Array2::from_shape_fn((length, width), |(t, column)| {
        let angle = t as f64 / 1_000_f64.powf((column - column % 2) as f64 / width as f64);
        if column % 2 == 0 { angle.sin() } else { angle.cos() }
    })
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let (_, length, width) = x.dim();
    x + &positions(length, width)
}
