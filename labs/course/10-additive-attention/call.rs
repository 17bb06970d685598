use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let (query, states) = (inputs.array("query"), inputs.array("states"));
    let (w_q, w_k, v) = (inputs.array("w_q"), inputs.array("w_k"), inputs.array("v"));
    match exercise {
        "additive_scores" => Values::new().with("scores", lab::additive_scores(&query, &states, &w_q, &w_k, &v)),
        _ => {
            let (context, alignment) = lab::additive_attention(&query, &states, &w_q, &w_k, &v);
            Values::new().with("alignment", alignment).with("context", context)
        }
    }
}
