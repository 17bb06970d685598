use labkit::{Draw, Values};

pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let [batch, heads, length, width] = draw.sizes();
    match exercise {
        "split_heads" => Values::new().with("x", draw.normal((batch, length, heads * width))).with("heads", heads),
        _ => Values::new().with("x", draw.normal((batch, heads, length, width))),
    }
}
