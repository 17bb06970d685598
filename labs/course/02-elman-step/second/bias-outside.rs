use ndarray::{s, Array1, Array2, Array3};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    let mut result = (x.dot(&w_xh.t()) + h.dot(&w_hh.t())).mapv(|v| v.tanh());
    for mut row in result.rows_mut() {
        row += b;
    }
    result
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let (b_n, t_n, _) = xs.dim();
    let mut all = Array3::from_elem((b_n, t_n, h0.ncols()), 0.0);
    let mut state = h0.clone();
    let mut t = 0;
    while t < t_n {
        let input = xs.slice(s![.., t, ..]).to_owned();
        state = elman_step(&input, &state, w_xh, w_hh, b);
        all.slice_mut(s![.., t, ..]).assign(&state);
        t += 1;
    }
    all
}
