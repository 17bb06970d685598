use ndarray::{Array2, Array3};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    Array2::from_shape_fn((length, width), |(t, c)| {
        let i = c / 2;
        let angle = t as f64 / 10000f64.powf(2.0 * i as f64 / width as f64);
        if c % 2 == 0 { angle.sin() } else { angle.cos() }
    })
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let p = positions(x.dim().1, x.dim().2);
    let mut y = x + &p;
    for ((_, t, c), value) in y.indexed_iter_mut() {
        *value += p[[t, c]];
    }
    y
}
