use labkit::Values;

use super::lab;

pub fn call(_: &str, inputs: &Values) -> Values {
    let (xs, h0, states) = (inputs.array("xs"), inputs.array("h0"), inputs.array("states"));
    let (weights, d_h0) = lab::backward(&xs, &h0, &states, &inputs.array("w_hh"), &inputs.array("d_states"));
    let values = Values::new().with("d_b", weights.b).with("d_w_xh", weights.w_xh).with("d_w_hh", weights.w_hh);
    values.with("d_h0", d_h0)
}
