use labkit::{Draw, Values};

/// Groups of as many heads as there are groups would hide which of the two was divided by.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    if exercise == "repeat_heads" {
        let [groups, tokens, width, times] = draw.sizes();
        return Values::new().with("x", draw.normal((groups, tokens, width))).with("times", times);
    }
    let [groups, times] = [[3, 2], [2, 3], [4, 2], [2, 4]][draw.number() % 4];
    let heads = groups * times;
    let other = |drawn: usize| {
        let mut others = (2..).filter(|size| ![groups, heads].contains(size));
        others.nth(drawn - 2).expect("there are more numbers")
    };
    let [queries, keys, width, values] = draw.sizes().map(other);
    let q = draw.normal((heads, queries, width));
    let (k, v) = (draw.normal((groups, keys, width)), draw.normal((groups, keys, values)));
    Values::new().with("q", q).with("k", k).with("v", v)
}
