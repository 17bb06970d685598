use ndarray::{Array2, Array3};

/// Each pair turns by the same angle from one position to the next.
pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let mut positions = Array2::zeros((length, width));
    for pair in 0..width / 2 {
        let turn = (-(2.0 * pair as f64) / width as f64 * 10_000_f64.ln()).exp();
        for t in 0..length {
            positions[[t, 2 * pair]] = (turn * t as f64).sin();
            positions[[t, 2 * pair + 1]] = (turn * t as f64).cos();
        }
    }
    positions
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let mut y = x.clone();
    let positions = positions(x.dim().1, x.dim().2);
    for ((_, t, column), element) in y.indexed_iter_mut() {
        *element += positions[[t, column]];
    }
    y
}
