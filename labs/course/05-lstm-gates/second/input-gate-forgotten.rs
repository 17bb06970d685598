use ndarray::{Array1, Array2, Axis};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let width = h.len_of(Axis(1));
    let a = x.dot(&w_xh.t()) + &h.dot(&w_hh.t()) + &b.view().insert_axis(Axis(0));
    let (first_half, second_half) = a.view().split_at(Axis(1), 2 * width);
    let (_, forget) = first_half.split_at(Axis(1), width);
    let (candidate, output) = second_half.split_at(Axis(1), width);
    let sigmoid = |v: f64| 1.0 / (1.0 + (-v).exp());
    let cell = forget.mapv(sigmoid) * c + candidate.mapv(f64::tanh);
    let state = output.mapv(sigmoid) * cell.mapv(f64::tanh);
    (state, cell)
}
