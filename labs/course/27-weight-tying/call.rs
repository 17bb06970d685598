use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let (tokens, w, a) = (inputs.whole("tokens"), inputs.array("w"), inputs.array("a"));
    match exercise {
        "scores" => Values::new().with("z", lab::scores(&tokens, &w, &a)),
        _ => Values::new().with("d_w", lab::gradient(&tokens, &w, &a, &inputs.array("d_z"))),
    }
}
