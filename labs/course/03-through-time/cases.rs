use labkit::{Draw, Values};
use ndarray::{Array1, Array2};

pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [steps, input, hidden] = draw.sizes();
    let (xs, h0): (Array2<f64>, Array1<f64>) = (draw.normal((steps, input)), draw.between(hidden, -1.0, 1.0));
    let (w_xh, w_hh): (Array2<f64>, Array2<f64>) =
        (draw.normal((hidden, input)) * 0.5, draw.normal((hidden, hidden)) * 0.5);
    let b: Array1<f64> = draw.normal(hidden) * 0.5;
    let (mut states, mut h) = (Array2::zeros((steps, hidden)), h0.clone());
    for t in 0..steps {
        h = (w_xh.dot(&xs.row(t)) + w_hh.dot(&h) + &b).tanh();
        states.row_mut(t).assign(&h);
    }
    let inputs = Values::new().with("xs", xs).with("h0", h0).with("states", states).with("w_hh", w_hh);
    inputs.with("d_states", draw.normal((steps, hidden)))
}
