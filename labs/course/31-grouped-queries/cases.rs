use labkit::{Draw, Values};

/// There are never as many groups as heads in each: that would hide which of the two was divided by.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let [groups, times] = [[3, 2], [2, 3], [4, 2], [2, 4]][draw.number() % 4];
    let heads = groups * times;
    let other = |drawn: usize| {
        let mut others = (2..).filter(|size| ![groups, heads].contains(size));
        others.nth(drawn - 2).expect("there are more numbers")
    };
    if exercise == "repeat_heads" {
        let [tokens, width] = draw.sizes().map(other);
        return Values::new().with("x", draw.normal((groups, tokens, width))).with("times", times);
    }
    let [queries, keys, width, values] = draw.sizes().map(other);
    let q = draw.normal((heads, queries, width));
    let (k, v) = (draw.normal((groups, keys, width)), draw.normal((groups, keys, values)));
    Values::new().with("q", q).with("k", k).with("v", v)
}
