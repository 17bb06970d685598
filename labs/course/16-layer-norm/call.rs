use labkit::Values;

use super::lab;

pub fn call(_: &str, inputs: &Values) -> Values {
    let y = lab::layer_norm(&inputs.array("x"), &inputs.array("gain"), &inputs.array("bias"), inputs.number("epsilon"));
    Values::new().with("y", y)
}
