use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let (logits, k) = (inputs.array("logits"), inputs.count("k"));
    match exercise {
        "top_k" => Values::new().with("scores", lab::top_k(&logits, k)),
        _ => Values::new().with("probabilities", lab::probabilities(&logits, k, inputs.number("temperature"))),
    }
}
