use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    match exercise {
        "repeat_heads" => Values::new().with("y", lab::repeat_heads(&inputs.array("x"), inputs.count("times"))),
        _ => {
            let y = lab::grouped_attention(&inputs.array("q"), &inputs.array("k"), &inputs.array("v"));
            Values::new().with("y", y)
        }
    }
}
