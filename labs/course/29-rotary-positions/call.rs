use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let turned = inputs.count("turned");
    match exercise {
        "rotate" => Values::new().with("y", lab::rotate(&inputs.array("x"), turned, inputs.count("first"))),
        _ => Values::new().with("scores", lab::scores(&inputs.array("q"), &inputs.array("k"), turned)),
    }
}
