use labkit::{Draw, Values};
use ndarray::{Array0, Array2};

/// Encoder and decoder are of one width, as in the paper, so that it has to be known whose states go where.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [queries, states, both, width, out] = draw.sizes();
    let drawn: Array0<usize> = draw.below((), states - 1);
    let (x, memory): (Array2<f64>, Array2<f64>) = (draw.normal((queries, both)), draw.normal((states, both)));
    let inputs = Values::new().with("x", x).with("memory", memory).with("length", 1 + drawn.into_scalar());
    let inputs = inputs.with("w_q", draw.normal((width, both))).with("w_k", draw.normal((width, both)));
    inputs.with("w_v", draw.normal((out, both)))
}
