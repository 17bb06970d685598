use labkit::Values;

use super::lab;

pub fn call(_: &str, inputs: &Values) -> Values {
    let y = lab::causal_attention(&inputs.array("q"), &inputs.array("k"), &inputs.array("v"));
    Values::new().with("y", y)
}
