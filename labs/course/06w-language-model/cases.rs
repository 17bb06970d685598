use labkit::{Draw, Values};
use ndarray::{Array2, Array3};

/// Inputs of a function, and the gradient of some loss by what it returns, from which the tape goes back.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let [batch, steps, input, hidden] = draw.sizes();
    let state: Array2<f64> = draw.between((batch, hidden), -1.0, 1.0);
    let inputs = if exercise == "gru_step" {
        let x: Array2<f64> = draw.normal((batch, input));
        Values::new().with("x", x).with("h", state)
    } else {
        let xs: Array3<f64> = draw.normal((batch, steps, input));
        Values::new().with("xs", xs).with("h0", state)
    };
    let inputs = inputs.with("w_xh", draw.normal((3 * hidden, input))).with("w_hh", draw.normal((3 * hidden, hidden)));
    let inputs = inputs.with("b_x", draw.normal(3 * hidden)).with("b_h", draw.normal(3 * hidden));
    match exercise {
        "gru_step" => inputs.with("d_new", draw.normal((batch, hidden))),
        _ => inputs.with("d_states", draw.normal((batch, steps, hidden))).with("d_last", draw.normal((batch, hidden))),
    }
}
