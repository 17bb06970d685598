use ndarray::{Array1, Array2, ArrayView2, Axis};

fn part(all: &Array2<f64>, number: usize, width: usize) -> Array2<f64> {
    let (_, rest) = all.view().split_at(Axis(1), number * width);
    let (wanted, _): (ArrayView2<f64>, ArrayView2<f64>) = rest.split_at(Axis(1), width);
    wanted.mapv(f64::tanh)
}

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let width = h.ncols();
    let a = x.dot(&w_xh.t()) + h.dot(&w_hh.t()) + b;
    let input = part(&a, 0, width);
    let forget = part(&a, 1, width);
    let candidate = part(&a, 2, width);
    let output = part(&a, 3, width);
    let cell = &forget * c + &input * &candidate;
    (output * cell.mapv(f64::tanh), cell)
}
