use ndarray::{Array1, Array2, Array3};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let mut new = Array2::zeros(h.dim());
    for row in 0..x.nrows() {
        for unit in 0..b.len() {
            let mut sum = b[unit];
            for i in 0..h.ncols() {
                sum += w_hh[[unit, i]] * h[[row, i]];
            }
            for i in 0..x.ncols() {
                sum += w_xh[[unit, i]] * x[[row, i]];
            }
            new[[row, unit]] = 1.0 - 2.0 / ((2.0 * sum).exp() + 1.0);
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
    let (batch, steps, width) = xs.dim();
    let mut states = Array3::zeros((batch, steps, b.len()));
    for row in 0..batch {
        let mut h = h0.row(row).to_owned().insert_axis(ndarray::Axis(0));
        for t in 0..steps {
            let x = Array2::from_shape_fn((1, width), |(_, i)| xs[[row, t, i]]);
            h = elman_step(&x, &h, w_xh, w_hh, b);
            for unit in 0..b.len() {
                states[[row, t, unit]] = h[[0, unit]];
            }
        }
    }
    states
}
