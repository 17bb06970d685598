use labkit::{Draw, Values};
use ndarray::Array1;

/// In every fourth question several scores are equal. In every eighth all are, and p is a sum of probabilities exactly.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let number = draw.number();
    let [size] = draw.sizes();
    let size = size + 2 + number % 2;
    let (logits, p) = match number % 8 {
        2 => (draw.below(size, 3).mapv(|score: usize| score as f64), some(draw, 0.2, 0.95)),
        3 => (draw.normal(size), 0.0),
        6 => (Array1::zeros(4), [0.5, 0.75, 0.25, 1.0][number / 8 % 4]),
        _ => (draw.normal(size) * 2.0, some(draw, 0.1, 0.95)),
    };
    match exercise {
        "top_p" => Values::new().with("logits", logits).with("p", p),
        _ => {
            let temperature = [0.5, 2.0, 3.0][number % 3];
            Values::new().with("logits", logits).with("p", p.max(0.1)).with("temperature", temperature)
        }
    }
}

fn some(draw: &mut Draw, low: f64, high: f64) -> f64 {
    draw.between((), low, high).into_scalar()
}
