use ndarray::{Array1, Array2, Array3, Axis};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let t = Array1::from_iter((0..length).map(|t| t as f64)).insert_axis(Axis(1));
    let w = Array1::from_iter((0..width).map(|c| 10000f64.powf(-2.0 * (c / 2) as f64 / width as f64)));
    (t * w).mapv(f64::sin)
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let p = positions(x.shape()[1], x.shape()[2]);
    let mut y = x.to_owned();
    for mut sequence in y.outer_iter_mut() {
        sequence += &p;
    }
    y
}
