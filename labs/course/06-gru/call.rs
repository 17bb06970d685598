use labkit::Values;

use super::lab;

pub fn call(_: &str, inputs: &Values) -> Values {
    let (x, h, w_xh, w_hh) = (inputs.array("x"), inputs.array("h"), inputs.array("w_xh"), inputs.array("w_hh"));
    Values::new().with("new h", lab::gru_step(&x, &h, &w_xh, &w_hh, &inputs.array("b_x"), &inputs.array("b_h")))
}
