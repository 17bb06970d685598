use labkit::{Draw, Values};
use ndarray::Array1;

/// Tokens from 2 on are words; 0 is the start and 1 the end. The decoder is a table of what it says in each of its states.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let [batch, steps] = draw.sizes();
    match exercise {
        "shifted" => {
            let tokens = draw.below((batch, steps + 1), 8) + 2;
            Values::new().with("tokens", tokens)
        }
        "teacher_forced" => {
            let sentence: Array1<usize> = draw.below(steps, 8) + 2;
            Values::new().with("sentence", sentence).with("start", 0).with("end", 1)
        }
        _ => {
            let reference: Array1<usize> = draw.below(steps, 8) + 2;
            // In every other question the decoder may say the end.
            let lowest = if draw.number() % 2 == 0 { 1 } else { 2 };
            let table: Array1<usize> = draw.below(11, 6) + lowest;
            Values::new().with("reference", reference).with("decoder", table).with("start", 0).with("end", 1)
        }
    }
}
