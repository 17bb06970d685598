use ndarray::{Array1, Array2, Axis};

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let n = h.ncols();
    // as columns: (3H, B)
    let a = w_xh.dot(&x.t()) + b_x.view().insert_axis(Axis(1));
    let u = w_hh.dot(&h.t()) + b_h.view().insert_axis(Axis(1));
    let rows_a: Vec<_> = a.axis_chunks_iter(Axis(0), n).collect();
    let rows_u: Vec<_> = u.axis_chunks_iter(Axis(0), n).collect();
    let sig = |v: f64| 1.0 / (1.0 + (-v).exp());
    let r = (&rows_a[0] + &rows_u[0]).mapv(sig);
    let z = (&rows_a[1] + &rows_u[1]).mapv(sig);
    let proposal = (r * &rows_u[2] + &rows_a[2]).mapv(f64::tanh);
    let new = z * &h.t() + proposal;
    new.reversed_axes()
}
