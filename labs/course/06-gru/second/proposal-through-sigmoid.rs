use ndarray::{Array1, Array2, Axis};

fn sigmoid(m: &Array2<f64>) -> Array2<f64> {
    let e = m.mapv(|v| (-v).exp());
    1.0 / (1.0 + e)
}

fn split(m: &Array2<f64>) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let third = m.ncols() / 3;
    let (r, rest) = m.view().split_at(Axis(1), third);
    let (z, n) = rest.split_at(Axis(1), third);
    (r.to_owned(), z.to_owned(), n.to_owned())
}

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let (a_r, a_z, a_n) = split(&(x.dot(&w_xh.t()) + b_x));
    let (u_r, u_z, u_n) = split(&(h.dot(&w_hh.t()) + b_h));
    let r = sigmoid(&(a_r + u_r));
    let z = sigmoid(&(a_z + u_z));
    let n = sigmoid(&(a_n + r * u_n));
    (1.0 - &z) * n + z * h
}
