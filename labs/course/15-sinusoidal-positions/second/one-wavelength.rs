use ndarray::{Array2, Array3};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let mut p = Array2::<f64>::zeros((length, width));
    for (t, mut row) in p.rows_mut().into_iter().enumerate() {
        let angle = t as f64;
        for (c, x) in row.iter_mut().enumerate() {
            *x = if c % 2 == 1 { angle.cos() } else { angle.sin() };
        }
    }
    p
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let (_, t, d) = x.dim();
    x + &positions(t, d)
}
