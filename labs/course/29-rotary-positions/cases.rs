use labkit::{Draw, Values};
use ndarray::Array0;

/// In every third question all numbers of a head are turned. In every other one the tokens are the first of their text; in every
/// fourth there is a single query, as when a model speaks.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let number = draw.number();
    let [heads, length] = draw.sizes();
    // Even numbers, none of which is another size.
    let even =
        |least: usize| (least..).find(|size| size % 2 == 0 && ![heads, length].contains(size)).expect("one is none");
    let turned = even(4 + 2 * (number / 3 % 2));
    let width = if number % 3 == 0 { turned } else { even(turned + 2) };
    let before: Array0<usize> = draw.below((), 5);
    let before = if number % 2 == 0 { 0 } else { 1 + before.into_scalar() };
    if exercise == "rotate" {
        return Values::new()
            .with("x", draw.normal((heads, length, width)))
            .with("turned", turned)
            .with("first", before);
    }
    let new = if number % 4 == 1 { 1 } else { length };
    let all = (before + new..).find(|all| ![heads, width].contains(all)).expect("one is none");
    let (q, k) = (draw.normal((heads, new, width)), draw.normal((heads, all, width)));
    Values::new().with("q", q).with("k", k).with("turned", turned)
}
