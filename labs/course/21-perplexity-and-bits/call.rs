use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let logarithms = inputs.array("log_probabilities");
    match exercise {
        "perplexity" => Values::new().with("perplexity", lab::perplexity(&logarithms)),
        _ => Values::new().with("bits", lab::bits_per_character(&logarithms, &inputs.whole("characters"))),
    }
}
