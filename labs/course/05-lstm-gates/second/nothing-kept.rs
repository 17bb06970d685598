use ndarray::{Array1, Array2};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let mut next_c = Array2::<f64>::zeros(c.dim());
    let mut next_h = Array2::<f64>::zeros(h.dim());
    let width = h.ncols();
    for row in 0..h.nrows() {
        for unit in 0..width {
            let mut a = [0.0; 4];
            for (part, sum) in a.iter_mut().enumerate() {
                let at = part * width + unit;
                *sum = b[at] + w_xh.row(at).dot(&x.row(row)) + w_hh.row(at).dot(&h.row(row));
            }
            let i = 1.0 / (1.0 + (-a[0]).exp());
            let g = a[2].tanh();
            let o = 1.0 / (1.0 + (-a[3]).exp());
            next_c[(row, unit)] = i * g;
            next_h[(row, unit)] = o * (i * g).tanh();
        }
    }
    (next_h, next_c)
}
