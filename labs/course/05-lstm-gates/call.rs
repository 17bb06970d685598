use labkit::Values;

use super::lab;

pub fn call(_: &str, inputs: &Values) -> Values {
    let (x, h, c) = (inputs.array("x"), inputs.array("h"), inputs.array("c"));
    let (h, c) = lab::lstm_step(&x, &h, &c, &inputs.array("w_xh"), &inputs.array("w_hh"), &inputs.array("b"));
    Values::new().with("new c", c).with("new h", h)
}
