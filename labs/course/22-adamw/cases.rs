use labkit::{Draw, Values};
use ndarray::Array2;

/// The first question of every three is a first step, with means of zero; in the others means have been formed.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [rows, columns] = draw.sizes();
    let first = draw.number() % 3 == 0;
    let steps = if first { 0 } else { 1 + draw.number() };
    let (m, v): (Array2<f64>, Array2<f64>) = (draw.normal((rows, columns)), draw.between((rows, columns), 0.1, 2.0));
    let begun = if first { 0.0 } else { 1.0 };
    let inputs = Values::new().with("w", draw.normal((rows, columns))).with("g", draw.normal((rows, columns)));
    let inputs = inputs.with("m", m * begun).with("v", v * begun).with("steps", steps);
    // Two of three are matrices, which decay.
    let inputs = inputs.with("decays", usize::from(draw.number() % 3 != 1)).with("learning_rate", 0.1);
    inputs.with("beta1", 0.8).with("beta2", 0.95).with("epsilon", 0.05).with("weight_decay", 0.5)
}
