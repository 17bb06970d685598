use ndarray::{s, Array1, Array2, Array3};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let mut next = h.clone();
    for (mut row_new, (row_x, row_h)) in next.rows_mut().into_iter().zip(x.rows().into_iter().zip(h.rows())) {
        let a = w_xh.dot(&row_x) + w_hh.dot(&row_h) + b;
        // the state is updated by what the network computes
        row_new += &a.mapv(f64::tanh);
    }
    next
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let mut states = Array3::zeros((xs.shape()[0], xs.shape()[1], h0.ncols()));
    let mut h = h0.clone();
    for t in 0..xs.shape()[1] {
        let x_t = xs.slice(s![.., t, ..]).to_owned();
        h = elman_step(&x_t, &h, w_xh, w_hh, b);
        states.slice_mut(s![.., t, ..]).assign(&h);
    }
    states
}
