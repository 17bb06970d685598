use labkit::{Draw, Values};
use ndarray::{Array1, Array3};

/// One row at least is padded, none is empty. In every fourth question the padding is not a number.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [batch, steps, hidden] = draw.sizes();
    let mut states: Array3<f64> = draw.normal((batch, steps, hidden));
    let drawn: Array1<usize> = draw.below(batch, steps);
    let lengths =
        Array1::from_shape_fn(
            batch,
            |row| if row == batch - 1 { 1 + drawn[row] % (steps - 1) } else { 1 + drawn[row] },
        );
    if draw.number() % 4 == 3 {
        for ((row, t, _), state) in states.indexed_iter_mut() {
            if t >= lengths[row] {
                *state = f64::NAN;
            }
        }
    }
    Values::new().with("states", states).with("lengths", lengths)
}
