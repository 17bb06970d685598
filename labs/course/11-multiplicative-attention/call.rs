use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let (queries, states) = (inputs.array("queries"), inputs.array("states"));
    match exercise {
        "dot_scores" => Values::new().with("scores", lab::dot_scores(&queries, &states)),
        "general_scores" => Values::new().with("scores", lab::general_scores(&queries, &states, &inputs.array("w"))),
        _ => Values::new().with("h", lab::attend(&queries, &states, &inputs.array("w"), &inputs.array("w_c"))),
    }
}
