use labkit::{Draw, Values};

/// Groups of as many heads as there are groups would hide which of the two was divided by.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    if exercise == "repeat_heads" {
        let [groups, tokens, width, times] = draw.sizes();
        return Values::new().with("x", draw.normal((groups, tokens, width))).with("times", times);
    }
    let sizes = draw.sizes::<5>();
    let [groups, queries, keys, width, values] = sizes;
    let times = (2..).find(|times| *times != groups && !sizes.contains(&(groups * times))).expect("one is none");
    let q = draw.normal((groups * times, queries, width));
    let (k, v) = (draw.normal((groups, keys, width)), draw.normal((groups, keys, values)));
    Values::new().with("q", q).with("k", k).with("v", v)
}
