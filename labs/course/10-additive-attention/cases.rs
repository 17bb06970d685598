use labkit::{Draw, Values};

pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [query, states, width, hidden] = draw.sizes();
    let inputs = Values::new().with("query", draw.normal(query)).with("states", draw.normal((states, width)));
    let inputs = inputs.with("w_q", draw.normal((hidden, query))).with("w_k", draw.normal((hidden, width)));
    inputs.with("v", draw.normal(hidden))
}
