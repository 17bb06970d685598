use ndarray::{Array1, Array2};

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let (rows, width) = h.dim();
    let sig = |z: f64| 1.0 / (1.0 + (-z).exp());
    let mut hn = Array2::zeros((rows, width));
    let mut cn = Array2::zeros((rows, width));
    for r in 0..rows {
        let a = w_xh.dot(&x.row(r)) + w_hh.dot(&h.row(r)) + b;
        for k in 0..width {
            let input = sig(a[k]);
            let forget = sig(a[width + k]);
            let output = sig(a[2 * width + k]);
            let cand = a[3 * width + k].tanh();
            cn[[r, k]] = forget * c[[r, k]] + input * cand;
            hn[[r, k]] = output * f64::tanh(cn[[r, k]]);
        }
    }
    (hn, cn)
}
