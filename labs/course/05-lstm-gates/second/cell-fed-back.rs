use ndarray::{s, Array1, Array2};

fn sigmoid(a: f64) -> f64 {
    let e = a.exp();
    if e.is_infinite() {
        1.0
    } else {
        e / (1.0 + e)
    }
}

pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let n = h.ncols();
    let mut a = c.dot(&w_hh.t());
    a += &x.dot(&w_xh.t());
    a += b;
    let i = a.slice(s![.., 0..n]).mapv(sigmoid);
    let f = a.slice(s![.., n..2 * n]).mapv(sigmoid);
    let g = a.slice(s![.., 2 * n..3 * n]).mapv(f64::tanh);
    let o = a.slice(s![.., 3 * n..4 * n]).mapv(sigmoid);
    let memory = i * g + f * c;
    let visible = memory.mapv(f64::tanh) * o;
    (visible, memory)
}
