//! The criterion of C3.

use super::*;
use crate::study::parts;
use crate::verdict::Verdict;

/// Exact match of encoder-decoder and attention on short and on long sentences, and the bits a word.
fn judged(short: [f64; 2], long: [f64; 2], bits: [f64; 2]) -> [Verdict; 4] {
    let three = |value: f64| vec![value - 1e-3, value, value + 1e-3];
    let [first, narrow] = bits.map(|bits| Summary::of(&three(bits)));
    parts(&[short, long].map(|of_each| of_each.map(three)), 300, &first, &narrow).map(|part| part.verdict)
}

#[test]
fn every_part_of_the_criterion_can_fail() {
    use Verdict::{NotShown, Reverse, Shown, Undecided};
    assert_eq!(judged([0.95, 0.95], [0.3, 0.9], [0.3, 0.3]), [Shown; 4]);
    assert_eq!(judged([0.3, 0.3], [0.9, 0.2], [-0.3, 0.05]), [Undecided, Undecided, Reverse, NotShown], "too hard");
    assert_eq!(judged([0.9, 0.9], [0.3, 0.3], [0.0, -0.3]), [Shown, Undecided, NotShown, Reverse]);
    assert_eq!(judged([0.9, 0.9], [0.5, 0.1], [0.3, 0.3])[..2], [Shown, Reverse]);
    assert_eq!(judged([0.6, 0.6], [0.9, 0.9], [0.3, 0.3])[0], Reverse);
}

#[test]
fn one_seed_decides_nothing() {
    let one = |value: f64| vec![value];
    let exact = [[0.9, 0.9].map(one), [0.2, 0.8].map(one)];
    let bits = Summary::exact(1.0);
    assert_eq!(parts::verdict(&parts(&exact, 300, &bits, &bits)), Verdict::Undecided);
}
