use labkit::{Draw, Values};
use ndarray::{Array0, Array1, Array2};

/// A text of more than one piece, the last of which may be shorter.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let [piece, input, hidden] = draw.sizes();
    let more: Array0<usize> = draw.below((), 2 * piece);
    let lengths = piece + 1 + more.into_scalar()..;
    let steps = lengths.into_iter().find(|steps| ![input, hidden].contains(steps)).expect("a length of its own");
    let (xs, h0): (Array2<f64>, Array1<f64>) = (draw.normal((steps, input)), draw.between(hidden, -1.0, 1.0));
    let (w_xh, w_hh): (Array2<f64>, Array2<f64>) =
        (draw.normal((hidden, input)) * 0.5, draw.normal((hidden, hidden)) * 0.5);
    let b: Array1<f64> = draw.normal(hidden) * 0.5;
    if exercise == "read_in_pieces" {
        let inputs = Values::new().with("xs", xs).with("h0", h0).with("w_xh", w_xh).with("w_hh", w_hh);
        return inputs.with("b", b).with("piece", piece);
    }
    let (mut states, mut h) = (Array2::zeros((steps, hidden)), h0.clone());
    for t in 0..steps {
        h = (w_xh.dot(&xs.row(t)) + w_hh.dot(&h) + &b).tanh();
        states.row_mut(t).assign(&h);
    }
    let inputs = Values::new().with("xs", xs).with("h0", h0).with("states", states).with("w_hh", w_hh);
    inputs.with("d_states", draw.normal((steps, hidden))).with("piece", piece)
}
