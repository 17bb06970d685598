use labkit::{Draw, Values};

pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let [queries, states, hidden, width] = draw.sizes();
    let own = if exercise == "dot_scores" { width } else { hidden };
    let inputs =
        Values::new().with("queries", draw.normal((queries, own))).with("states", draw.normal((states, width)));
    match exercise {
        "dot_scores" => inputs,
        "general_scores" => inputs.with("w", draw.normal((hidden, width))),
        _ => inputs.with("w", draw.normal((hidden, width))).with("w_c", draw.normal((hidden, width + hidden)) * 0.5),
    }
}
