use labkit::{Draw, Values};

pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let [batch, steps, input, hidden] = draw.sizes();
    let inputs = match exercise {
        "elman_step" => Values::new().with("x", draw.normal((batch, input))).with("h", draw.normal((batch, hidden))),
        _ => Values::new().with("xs", draw.normal((batch, steps, input))).with("h0", draw.normal((batch, hidden))),
    };
    let inputs =
        inputs.with("w_xh", draw.normal((hidden, input)) * 0.5).with("w_hh", draw.normal((hidden, hidden)) * 0.5);
    inputs.with("b", draw.normal(hidden) * 0.5)
}
