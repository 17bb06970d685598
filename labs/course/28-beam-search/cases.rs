use labkit::{Draw, Values};
use ndarray::{Array0, Array1, Array2};

/// In every fourth question on continuations one text alone is followed, as at the first step. In those on the search α is large, so that
/// the length of a text often decides.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let mut one_of = |end: usize| {
        let drawn: Array0<usize> = draw.below((), end);
        drawn.into_scalar()
    };
    match exercise {
        "score" => {
            let length = 1 + one_of(12);
            let log_probability: Array0<f64> = draw.between((), -20.0, -0.5);
            let alpha: Array0<f64> = draw.between((), 0.2, 1.5);
            let inputs = Values::new().with("log_probability", log_probability).with("length", length);
            inputs.with("alpha", alpha)
        }
        "continuations" => {
            let [followed, tokens, width] = draw.sizes();
            let followed = if draw.number() % 4 == 3 { 1 } else { followed };
            let (log_probabilities, scores) = loop {
                let drawn = (draw.between(followed, -3.0, -0.5), draw.normal((followed, tokens)));
                if is_decided(&drawn.0, &drawn.1) {
                    break drawn;
                }
            };
            Values::new().with("followed", log_probabilities).with("scores", scores).with("width", width)
        }
        _ => {
            let (width, limit) = (2 + one_of(3), 4 + one_of(4));
            let [tokens, state] = draw.sizes();
            let tokens = tokens + 1;
            let end: Array0<usize> = draw.below((), tokens);
            let alpha: Array0<f64> = draw.between((), 1.0, 2.0);
            let inputs = Values::new().with("width", width).with("alpha", alpha).with("limit", limit).with("end", end);
            let table: Array2<f64> = draw.normal((tokens, state));
            let inputs = inputs.with("table", table).with("w_h", draw.normal((state, state)));
            inputs.with("w_o", draw.normal((tokens, state)) * 2.0)
        }
    }
}

/// Whether no two continuations are equally good, nor seem so to somebody who adds the scores themselves.
fn is_decided(log_probabilities: &Array1<f64>, scores: &Array2<f64>) -> bool {
    let mut sums: Vec<f64> = scores.indexed_iter().map(|((text, _), score)| log_probabilities[text] + score).collect();
    sums.sort_by(f64::total_cmp);
    sums.windows(2).all(|pair| pair[1] - pair[0] > 1e-9)
}
