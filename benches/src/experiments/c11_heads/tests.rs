//! The criterion of C11.

use super::{
    encoder::{Head, Quality},
    *,
};
use crate::study::grid::Trial;
use crate::study::parts;

/// The weights of two heads on the places of the relations, what each relation keeps without each head, and after how
/// many steps one head and two have learned both, or that they never have.
fn parts(weights: [[f64; 2]; 2], without: [[f64; 2]; 2], steps: [Option<u64>; 2]) -> [Part; 4] {
    let trained = |heads: usize, seed: u64| {
        let noise = 1e-3 * seed as f64;
        let head = |i: usize| Head {
            weights: weights[i].map(|weight| weight + noise),
            without: Quality { right: without[i].map(|right| right + noise), loss: 1.0 },
        };
        let opened = Opened { quality: Quality { right: [0.95; 2], loss: 1.0 }, heads: (0..heads).map(head).collect() };
        Trained {
            trial: Trial { case: heads, learning_rate: 1.0, seed, steps: 1_000 },
            parameters: 1,
            curve: Vec::new(),
            learned: steps[heads - 1].map(|steps| steps + seed),
            then: opened.clone(),
            end: opened,
        }
    };
    let trained = [1, 2].into_iter().flat_map(|heads| (1..=6).map(move |seed| trained(heads, seed)));
    Encoders { trained: trained.collect() }.parts()
}

const APART: [[f64; 2]; 2] = [[0.9, 0.05], [0.1, 0.8]];
const OWN: [[f64; 2]; 2] = [[0.2, 0.9], [0.9, 0.3]];
const SOONER: [Option<u64>; 2] = [Some(300), Some(100)];

#[test]
fn the_criterion_can_fail_in_every_part() {
    let judged = |weights, without, steps| parts::verdict(&parts(weights, without, steps));
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
    let [looked, _, own, _] = parts(nan, OWN, SOONER).map(|part| part.verdict);
    assert_eq!((looked, own), (Verdict::Undecided, Verdict::Shown));
    let own = parts(APART, [[f64::NAN, 0.9], [0.9, 0.3]], SOONER).map(|part| part.verdict)[2];
    assert_eq!(own, Verdict::Undecided);
}

#[test]
fn a_training_that_ends_too_early_shows_or_leaves_open() {
    let judged = |steps| parts(APART, OWN, steps).map(|part| part.verdict);
    let open = Verdict::Undecided;
    assert_eq!(judged([None, Some(100)]), [Verdict::Shown; 4]);
    assert_eq!(judged([None, Some(900)]), [Verdict::Shown, Verdict::Shown, Verdict::Shown, open]);
    assert_eq!(parts([[0.5, 0.4]; 2], OWN, [None, None])[0].verdict, open);
}
