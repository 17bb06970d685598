use ndarray::{s, Array1, Array2, Zip};

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let w = h.ncols();
    let a = x.dot(&w_xh.t()) + b_x;
    let u = h.dot(&w_hh.t()) + b_h;
    let mut gates = &a.slice(s![.., ..2 * w]) + &u.slice(s![.., ..2 * w]);
    gates.mapv_inplace(f64::tanh);
    let (r, z) = (gates.slice(s![.., ..w]), gates.slice(s![.., w..]));
    let mut out = h.clone();
    Zip::from(&mut out)
        .and(r)
        .and(z)
        .and(a.slice(s![.., 2 * w..]))
        .and(u.slice(s![.., 2 * w..]))
        .for_each(|h, &r, &z, &a, &u| {
            let n = (a + r * u).tanh();
            *h = (1.0 - z) * n + z * *h;
        });
    out
}
