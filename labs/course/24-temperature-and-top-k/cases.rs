use labkit::{Draw, Values};
use ndarray::Array1;

/// In every third question several scores are equal. In every fourth one the temperature is 0, and in some the scores are so
/// large that their exponentials are more than a number can be.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let number = draw.number();
    let [vocabulary] = draw.sizes();
    let vocabulary = vocabulary + 2 + number % 2;
    let logits: Array1<f64> = match number % 3 {
        1 => draw.below(vocabulary, 3).mapv(|score: usize| score as f64 - 1.0),
        _ => draw.normal(vocabulary) * 2.0,
    };
    let k: Array1<usize> = draw.below(1, vocabulary);
    match exercise {
        "top_k" => {
            let k = if number % 8 == 5 { vocabulary + 1 + k[0] } else { 1 + k[0] };
            Values::new().with("logits", logits).with("k", k)
        }
        _ => {
            let size = if number % 8 == 3 { 1000.0 } else { 1.0 };
            let temperature = [0.5, 0.0, 2.0, 1.5][number % 4];
            Values::new().with("logits", logits * size).with("k", 1 + k[0]).with("temperature", temperature)
        }
    }
}
