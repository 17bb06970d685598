use ndarray::{Array1, Array2, Array3, Axis};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    // (B, E) x (E, H), and (B, H) x (H, H): the second one fits already
    let input = x.dot(&w_xh.t());
    let state = h.dot(w_hh);
    (input + state + b).mapv(f64::tanh)
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let mut h = h0.clone();
    let mut hs = Array3::zeros((xs.dim().0, xs.dim().1, h0.dim().1));
    for t in 0..xs.dim().1 {
        h = elman_step(&xs.index_axis(Axis(1), t).to_owned(), &h, w_xh, w_hh, b);
        for ((row, col), v) in h.indexed_iter() {
            hs[[row, t, col]] = *v;
        }
    }
    hs
}
