use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let (logits, p) = (inputs.array("logits"), inputs.number("p"));
    match exercise {
        "top_p" => Values::new().with("scores", lab::top_p(&logits, p)),
        _ => Values::new().with("probabilities", lab::probabilities(&logits, p, inputs.number("temperature"))),
    }
}
