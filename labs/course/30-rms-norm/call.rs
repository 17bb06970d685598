use labkit::Values;

use super::lab;

pub fn call(_: &str, inputs: &Values) -> Values {
    Values::new().with("y", lab::rms_norm(&inputs.array("x"), &inputs.array("gain"), inputs.number("epsilon")))
}
