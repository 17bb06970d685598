use ndarray::{Array1, Array2, Array3, Axis};

pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    _b: &Array1<f64>,
) -> Array2<f64> {
    let mut a = w_xh.dot(&x.t());
    a += &w_hh.dot(&h.t());
    a.mapv_inplace(f64::tanh);
    a.reversed_axes()
}

pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    let mut out = Array3::zeros([xs.len_of(Axis(0)), xs.len_of(Axis(1)), h0.len_of(Axis(1))]);
    let mut current = h0.clone();
    for (t, x) in xs.axis_iter(Axis(1)).enumerate() {
        let next = elman_step(&x.to_owned(), &current, w_xh, w_hh, b);
        out.index_axis_mut(Axis(1), t).assign(&next);
        current = next;
    }
    out
}
