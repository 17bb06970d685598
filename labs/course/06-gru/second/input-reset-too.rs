use ndarray::{Array1, Array2};

fn sigma(v: f64) -> f64 {
    1.0 / (1.0 + f64::exp(-v))
}

pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    let (_, d) = h.dim();
    let sum = (x.dot(&w_xh.t()) + b_x) + (h.dot(&w_hh.t()) + b_h);
    Array2::from_shape_fn(h.raw_dim(), |(i, j)| {
        let r = sigma(sum[(i, j)]);
        let z = sigma(sum[(i, j + d)]);
        let n = (r * sum[(i, j + 2 * d)]).tanh();
        n * (1.0 - z) + h[(i, j)] * z
    })
}
