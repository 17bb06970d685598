use ndarray::{Array2, Array3};

pub fn positions(length: usize, width: usize) -> Array2<f64> {
    let speeds: Vec<f64> = (0..width)
        .step_by(2)
        .map(|c| (-(c as f64) / width as f64 * 10000f64.ln()).exp())
        .collect();
    let mut table = Vec::with_capacity(length * width);
    for t in 0..length {
        for w in &speeds {
            let (sine, cosine) = (t as f64 * w).sin_cos();
            table.push(sine);
            table.push(cosine);
        }
    }
    Array2::from_shape_vec((length, width), table).unwrap()
}

pub fn add_positions(x: &Array3<f64>) -> Array3<f64> {
    let p = positions(x.shape()[1], x.shape()[2]);
    for mut sequence in x.clone().outer_iter_mut() {
        sequence += &p;
    }
    x.clone()
}
