use labkit::{Draw, Values};
use ndarray::{Array1, Array2};

/// The last token is the first once more; there are more tokens than places.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let mut sizes: [usize; 3] = draw.sizes();
    sizes.sort();
    let [width, steps, vocabulary] = sizes;
    let mut tokens: Array1<usize> = draw.below(steps, vocabulary);
    tokens[steps - 1] = tokens[0];
    let a: Array2<f64> = draw.normal((width, width));
    let inputs = Values::new().with("tokens", tokens).with("w", draw.normal((vocabulary, width))).with("a", a * 0.5);
    match exercise {
        "scores" => inputs,
        _ => inputs.with("d_z", draw.normal((steps, vocabulary))),
    }
}
