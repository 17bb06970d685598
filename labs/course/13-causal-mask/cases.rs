use labkit::{Draw, Values};

pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [t, d, e] = draw.sizes();
    Values::new().with("q", draw.normal((t, d))).with("k", draw.normal((t, d))).with("v", draw.normal((t, e)))
}
