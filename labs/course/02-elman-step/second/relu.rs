use ndarray::{Array1, Array2, Array3, Axis};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let (rows, e) = x.dim();
    let width = b.len();
    let mut new = Array2::zeros((rows, width));
    for r in 0..rows {
        for i in 0..width {
            let mut a = b[i];
            for j in 0..e {
                a += w_xh[[i, j]] * x[[r, j]];
            }
            for j in 0..width {
                a += w_hh[[i, j]] * h[[r, j]];
            }
            new[[r, i]] = if a > 0.0 { a } else { 0.0 };
        }
    }
    new
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let mut result = Array3::zeros((xs.dim().0, xs.dim().1, b.len()));
    let mut h = h0.clone();
    for (x_t, mut place) in xs.axis_iter(Axis(1)).zip(result.axis_iter_mut(Axis(1))) {
        h = elman_step(&x_t.to_owned(), &h, w_xh, w_hh, b);
        place.assign(&h);
    }
    result
}
