use labkit::{Draw, Values};

/// In every fourth question the queries are so large that e^score is more than a number can be.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [t, s, d, e] = draw.sizes();
    let size = if draw.number() % 4 == 3 { 1000.0 } else { 1.0 };
    let q = draw.normal((t, d)) * size;
    Values::new().with("q", q).with("k", draw.normal((s, d))).with("v", draw.normal((s, e)))
}
