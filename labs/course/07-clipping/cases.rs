use labkit::{Draw, Values};
use ndarray::Array2;

/// Three gradients of different sizes. In every third question they are short enough already, and in every seventh zero.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [a, b, c] = draw.sizes();
    let gradients: [Array2<f64>; 3] = [draw.normal((a, b)), draw.normal((1, c)) * 3.0, draw.normal((b, c)) * 0.2];
    let zero = draw.number() % 7 == 6;
    let gradients = gradients.map(|gradient| if zero { gradient * 0.0 } else { gradient });
    let norm = gradients.iter().map(|gradient| (gradient * gradient).sum()).sum::<f64>().sqrt();
    let limit = if draw.number() % 3 == 2 { 1.5 * norm + 1.0 } else { 0.4 * norm + 0.1 };
    let [first, second, third] = gradients;
    let limit = (limit * 10.0).round() / 10.0;
    Values::new().with("first", first).with("second", second).with("third", third).with("limit", limit)
}
