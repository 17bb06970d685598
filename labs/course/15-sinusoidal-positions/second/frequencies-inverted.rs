use ndarray::{Array2, Array3};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let mut p = Array2::<f64>::zeros((length, width));
    for i in 0..width / 2 {
        let w = 10000f64.powf((2 * i) as f64 / width as f64);
        let mut sines = p.column_mut(2 * i);
        for (t, x) in sines.iter_mut().enumerate() {
            *x = (t as f64 * w).sin();
        }
        let mut cosines = p.column_mut(2 * i + 1);
        for (t, x) in cosines.iter_mut().enumerate() {
            *x = (t as f64 * w).cos();
        }
    }
    p
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let (_, t, d) = x.dim();
    x + &positions(t, d)
}
