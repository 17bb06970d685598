use labkit::{Draw, Values};

pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [batch, input, hidden] = draw.sizes();
    let inputs =
        Values::new().with("x", draw.normal((batch, input))).with("h", draw.between((batch, hidden), -1.0, 1.0));
    let inputs = inputs.with("w_xh", draw.normal((3 * hidden, input))).with("w_hh", draw.normal((3 * hidden, hidden)));
    inputs.with("b_x", draw.normal(3 * hidden)).with("b_h", draw.normal(3 * hidden))
}
