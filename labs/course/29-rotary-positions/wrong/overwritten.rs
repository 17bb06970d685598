use ndarray::{Array2, Array3, s};

pub fn rotate(x: &Array3<f64>, turned: usize, first: usize) -> Array3<f64> {
    let (_, length, _) = x.dim();
    let half = turned / 2;
    let angles = Array2::from_shape_fn((length, half), |(t, i)| {
        (first + t) as f64 * 10_000_f64.powf(-2.0 * i as f64 / turned as f64)
    });
    let (cos, sin) = (angles.cos(), angles.sin()); // (L, R/2)
    let (a, b) = (x.slice(s![.., .., ..half]), x.slice(s![.., .., half..turned])); // (N, L, R/2)
    let mut y = x.clone();
    y.slice_mut(s![.., .., ..half]).assign(&(&a * &cos - &b * &sin));
    let a = y.slice(s![.., .., ..half]).to_owned();
    y.slice_mut(s![.., .., half..turned]).assign(&(&b * &cos + &a * &sin));
    y
}

pub fn scores(q: &Array3<f64>, k: &Array3<f64>, turned: usize) -> Array3<f64> {
    let ((heads, new, width), all) = (q.dim(), k.dim().1);
    let q = rotate(q, turned, all - new);
    let k = rotate(k, turned, 0);
    let mut scores = Array3::zeros((heads, new, all));
    for ((mut scores, q), k) in scores.outer_iter_mut().zip(q.outer_iter()).zip(k.outer_iter()) {
        scores.assign(&(q.dot(&k.t()) / (width as f64).sqrt()));
    }
    scores
}
