use labkit::{Draw, Values};
use ndarray::Array1;

/// In every fourth question the logits are so large that their exponential is more than a number can be.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [rows, vocabulary] = draw.sizes();
    let size = if draw.number() % 4 == 3 { 1000.0 } else { 2.0 };
    let logits = draw.normal((rows, vocabulary)) * size;
    let mut targets: Array1<usize> = draw.below(rows, vocabulary);
    // A third of the rows does not count, but at least one counts and one does not.
    let chosen: Array1<usize> = draw.below(rows, 3);
    for row in 0..rows {
        if row == rows - 1 || row > 0 && chosen[row] == 0 {
            targets[row] = usize::MAX;
        }
    }
    Values::new().with("logits", logits).with("targets", targets)
}
