use labkit::Values;

use super::lab;

pub fn call(_: &str, inputs: &Values) -> Values {
    let (x, memory, length) = (inputs.array("x"), inputs.array("memory"), inputs.count("length"));
    let (w_q, w_k, w_v) = (inputs.array("w_q"), inputs.array("w_k"), inputs.array("w_v"));
    Values::new().with("y", lab::cross_attention(&x, &memory, length, &w_q, &w_k, &w_v))
}
