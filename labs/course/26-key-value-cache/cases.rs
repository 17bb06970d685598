use labkit::{Draw, Values};
use ndarray::{Array0, Array2};

/// Of three questions on reading, one is a text with nothing before it, one a single token, one several tokens behind others. There are more
/// places than a text has, so that what is read twice has places too.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    if exercise == "generate" {
        let [width, keys, values, tokens] = draw.sizes();
        let [prompt, batch] = if draw.number() % 2 == 0 { [3, 2] } else { [2, 3] };
        let more: Array0<usize> = draw.below((), 2);
        let count = 3 + more.into_scalar();
        let inputs = Values::new().with("prompts", draw.below((batch, prompt), tokens)).with("count", count);
        let inputs = inputs.with("table", draw.normal((tokens, width)));
        let inputs = model(draw, inputs, [3 * (prompt + count), width, keys, values]);
        return inputs.with("w_o", draw.normal((tokens, values)));
    }
    let [new, cached, width, keys, values] = draw.sizes();
    let (new, cached) = match draw.number() % 3 {
        0 => (new, 0),
        1 => (1, cached),
        _ => (new, cached),
    };
    if exercise == "attend" {
        let all = new + cached;
        let inputs = Values::new().with("q", draw.normal((new, keys))).with("keys", draw.normal((all, keys)));
        return inputs.with("values", draw.normal((all, values)));
    }
    let x: Array2<f64> = draw.normal((new, width));
    let inputs = Values::new().with("x", x);
    let inputs = inputs.with("cached_keys", draw.normal((cached, keys)));
    let inputs = inputs.with("cached_values", draw.normal((cached, values)));
    model(draw, inputs, [cached + 2 * new, width, keys, values])
}

/// Adds places and weights.
fn model(draw: &mut Draw, inputs: Values, [places, width, keys, values]: [usize; 4]) -> Values {
    let inputs = inputs.with("places", draw.normal((places, width))).with("w_q", draw.normal((keys, width)));
    inputs.with("w_k", draw.normal((keys, width))).with("w_v", draw.normal((values, width)))
}
