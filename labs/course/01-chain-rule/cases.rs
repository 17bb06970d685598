use labkit::{Draw, Values};
use ndarray::{Array1, Array2};

/// Two leaves and some steps on values before them, each three numbers: what it is (0 leaf, 1 sum, 2 product, 3 tanh) and
/// of which values. Each step uses the one before, so that all are on the way to the loss.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let length = 5 + draw.number() / 4;
    let (kinds, others): (Array1<usize>, Array1<usize>) = (draw.below(length, 3), draw.below(length, 1000));
    let leaves: Array1<f64> = draw.normal(2);
    let mut tape = Array2::zeros((length, 3));
    let mut values = vec![leaves[0], leaves[1]];
    for at in 2..length {
        let (kind, before, other) = (1 + (kinds[at] + at) % 3, at - 1, others[at] % at);
        let [x, y] = [values[before], values[other]];
        values.push(match kind {
            1 => x + y,
            2 => x * y,
            _ => x.tanh(),
        });
        tape.row_mut(at).assign(&Array1::from_vec(vec![kind, before, other]));
    }
    Values::new().with("tape", tape).with("values", Array1::from_vec(values))
}
