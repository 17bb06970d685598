//! The criterion of C8.

use super::{saturation::Saturation, *};
use crate::{
    study::{
        grid::{Cell, Score},
        parts,
    },
    verdict::Verdict,
};

/// Largest weights with the division at widths 16 and 1024 and without it at 1024, how many times smaller the gradient
/// is without it, and after how many steps each way has learned half, or that it never has.
fn parts([from, divided, raw]: [f64; 3], smaller: f64, steps: [Option<u64>; 2]) -> [Part; 4] {
    let at = |width, scores, largest: f64, gradient: f64| AtFirst {
        width,
        scores,
        seeds: [0.99, 1.0, 1.01]
            .map(|x| Saturation {
                scores: 1.0,
                largest: x * largest,
                entropy: 1.0,
                gradient: x * gradient,
                mean_gradient: 1.0,
            })
            .into(),
    };
    let trained = Scores::ALL.into_iter().zip(steps).map(|(scores, steps)| Cell {
        case: Case { width: TRAINED, scores },
        learning_rate: 1.0,
        score: Score(0.0, 0.0),
        outcomes: [1, 2, 3]
            .map(|seed| Trained {
                curve: steps.map(|steps| (steps + seed, 1.0)).into_iter().chain([(1_000, 2.0)]).collect(),
            })
            .into(),
    });
    Found {
        at_first: vec![
            at(FROM, Scores::Divided, from, 1.0),
            at(TO, Scores::Divided, divided, 1.0),
            at(TO, Scores::Raw, raw, 1.0 / smaller),
        ],
        trained: trained.collect(),
    }
    .parts()
}

#[test]
fn the_criterion_can_fail_in_every_part() {
    let verdict = |weights, smaller, steps| parts::verdict(&parts(weights, smaller, steps));
    let (weights, steps) = ([0.1, 0.1, 0.95], [Some(100), Some(300)]);
    assert_eq!(verdict(weights, 30.0, steps), Verdict::Shown);
    assert_eq!(verdict([0.1, 0.1, 0.4], 30.0, steps), Verdict::NotShown);
    assert_eq!(verdict([0.1, 0.3, 0.95], 30.0, steps), Verdict::NotShown);
    assert_eq!(verdict(weights, 2.0, steps), Verdict::NotShown);
    assert_eq!(verdict(weights, 30.0, [Some(100), Some(120)]), Verdict::NotShown);
    assert_eq!(verdict(weights, 30.0, [Some(300), Some(100)]), Verdict::NotShown);
}

#[test]
fn a_training_that_ends_too_early_shows_or_leaves_open() {
    let learning = |steps| parts([0.1, 0.1, 0.95], 30.0, steps)[3].verdict;
    assert_eq!(learning([Some(100), None]), Verdict::Shown);
    assert_eq!(learning([None, None]), Verdict::Undecided);
    assert_eq!(learning([Some(900), None]), Verdict::Undecided);
}

#[test]
fn ratios_by_hand() {
    let (ratio, logarithm) = ratio(&[2.0, 8.0], &[1.0, 1.0]);
    assert!((ratio.mean - 4.0).abs() < 1e-12 && (logarithm.mean - 4f64.ln()).abs() < 1e-12);
}
