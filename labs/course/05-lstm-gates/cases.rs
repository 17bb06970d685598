use labkit::{Draw, Values};

pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [batch, input, hidden] = draw.sizes();
    let inputs =
        Values::new().with("x", draw.normal((batch, input))).with("h", draw.between((batch, hidden), -1.0, 1.0));
    let inputs = inputs.with("c", draw.normal((batch, hidden)) * 2.0);
    let inputs = inputs.with("w_xh", draw.normal((4 * hidden, input))).with("w_hh", draw.normal((4 * hidden, hidden)));
    inputs.with("b", draw.normal(4 * hidden))
}
