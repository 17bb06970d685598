use labkit::{Draw, Values};
use ndarray::Array2;

/// The sublayers are tanh(x·W), one for each W.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [tokens, width] = draw.sizes();
    // Two numbers, normalised, are always 1 and -1.
    let width = if width == 2 { tokens + 1 } else { width };
    let x: Array2<f64> = draw.normal((tokens, width)) * 2.0;
    let inputs = Values::new().with("x", x + 0.5);
    ["w_0", "w_1", "w_2"].into_iter().fold(inputs, |inputs, name| {
        let w = draw.normal((width, width));
        inputs.with(name, w)
    })
}
