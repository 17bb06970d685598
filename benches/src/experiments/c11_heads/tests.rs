use super::{heads::Head, *};
use crate::study::{
    grid::Score,
    parts::{self, Part},
};

/// The weights of two heads on the places of the relations, what each relation keeps without each head, and after how
/// many steps one head and two have learned both, or that they never have.
fn parts_of(weights: [[f64; 2]; 2], without: [[f64; 2]; 2], steps: [Option<u64>; 2]) -> [Part; 4] {
    let trained = |heads: usize, seed: u64| {
        let noise = 1e-3 * seed as f64;
        let head = |i: usize| Head {
            weights: weights[i].map(|weight| weight + noise),
            without: without[i].map(|right| right + noise),
        };
        let opened = Opened { right: [0.95; 2], heads: (0..heads).map(head).collect() };
        let (learned, steps) = (steps[heads - 1].is_some(), steps[heads - 1].map_or(1_000, |steps| steps + seed));
        Trained { parameters: 1, curve: Vec::new(), learned, steps, then: opened.clone(), end: opened, loss: 1.0 }
    };
    let cell = |heads| {
        let outcomes = (1..=6).map(|seed| trained(heads, seed)).collect();
        Cell { case: heads, learning_rate: 1.0, score: Score(1.0, 1.0), outcomes }
    };
    parts(&[1, 2].map(cell))
}

const APART: [[f64; 2]; 2] = [[0.9, 0.05], [0.1, 0.8]];
const OWN: [[f64; 2]; 2] = [[0.2, 0.9], [0.9, 0.3]];
const SOONER: [Option<u64>; 2] = [Some(300), Some(100)];

#[test]
fn the_criterion_can_fail_in_every_part() {
    let judged = |weights, without, steps| parts::verdict(&parts_of(weights, without, steps));
    assert_eq!(judged(APART, OWN, SOONER), Verdict::Shown);
    // Which head takes which relation does not matter.
    assert_eq!(judged([APART[1], APART[0]], [OWN[1], OWN[0]], SOONER), Verdict::Shown);
    assert_eq!(judged([[0.5, 0.4], [0.5, 0.4]], OWN, SOONER), Verdict::NotShown);
    assert_eq!(judged(APART, [[0.2, 0.9], [0.3, 0.3]], SOONER), Verdict::NotShown);
    assert_eq!(judged(APART, [[0.5, 0.5], [0.9, 0.3]], SOONER), Verdict::NotShown);
    assert_eq!(judged(APART, OWN, [Some(100), Some(100)]), Verdict::NotShown);
    assert_eq!(judged(APART, OWN, [Some(100), Some(300)]), Verdict::NotShown);
}

#[test]
fn what_is_not_a_number_shows_nothing() {
    let nan = [[f64::NAN, 0.05], [0.1, 0.8]];
    let [looked, _, own, _] = parts_of(nan, OWN, SOONER).map(|part| part.verdict);
    assert_eq!((looked, own), (Verdict::Undecided, Verdict::Shown));
    let own = parts_of(APART, [[f64::NAN, 0.9], [0.9, 0.3]], SOONER).map(|part| part.verdict)[2];
    assert_eq!(own, Verdict::Undecided);
}

#[test]
fn a_training_that_ends_too_early_shows_or_leaves_open() {
    let judged = |steps| parts_of(APART, OWN, steps).map(|part| part.verdict);
    let open = Verdict::Undecided;
    assert_eq!(judged([None, Some(100)]), [Verdict::Shown; 4]);
    assert_eq!(judged([None, Some(900)]), [Verdict::Shown, Verdict::Shown, Verdict::Shown, open]);
    assert_eq!(parts_of([[0.5, 0.4]; 2], OWN, [None, None])[0].verdict, open);
}
