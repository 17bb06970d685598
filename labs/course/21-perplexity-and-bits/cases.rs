use labkit::{Draw, Values};
use ndarray::Array1;

pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let [tokens] = draw.sizes();
    let tokens = tokens + 1;
    let logarithms = Values::new().with("log_probabilities", draw.between(tokens, -4.0, -0.1));
    match exercise {
        "perplexity" => logarithms,
        _ => {
            let longer: Array1<usize> = draw.below(tokens, 5);
            // Two tokens at least are of different lengths.
            let characters = Array1::from_shape_fn(tokens, |i| if i == 0 { 6 } else { 1 + longer[i] });
            logarithms.with("characters", characters)
        }
    }
}
