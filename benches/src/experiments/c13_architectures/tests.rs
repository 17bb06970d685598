//! The criterion of C13.

use super::{training::TaskOutcome, *};
use crate::{study::grid::Score, verdict::Verdict};

/// The right answers of the claim's families, in their order, and of the control on each task.
fn measured(right: [[f64; 4]; 4], seeds: usize) -> Measurements {
    let cell = |(i, case): (usize, Family)| {
        let outcome = |task: usize, seed: usize| TaskOutcome {
            parameters: 1,
            right: right[task][i] + 1e-3 * seed as f64 * if case == Family::EncoderOnly { 1.0 } else { -1.0 },
            nats: [0.1, 0.2, 1.2][seed],
            shown: Vec::new(),
        };
        let outcomes = (0..seeds).map(|seed| std::array::from_fn(|task| outcome(task, seed))).collect();
        FamilyCell { case, learning_rate: 1e-2, score: Score(0.0, 0.0), outcomes }
    };
    Measurements {
        steps: [1, 1],
        width: 32,
        sizes: Sizes { alone: 1, training: 1, validation: 1, held_out: 40_000 },
        cells: Family::ALL.into_iter().enumerate().map(cell).collect(),
        commonest: Task::ALL.map(|task| Commonest { task, answer: "the".into(), right: 0.0 }),
    }
}

const AS_NAMED: [[f64; 4]; 4] = [[0.5, 0.4, 0.4, 0.4], [0.9; 4], [0.2, 0.9, 0.9, 0.7], [0.1, 0.8, 0.8, 0.8]];

#[test]
fn step_01_the_criterion_can_fail_in_every_part() {
    let judged = |right| measured(right, 3).verdict(Family::EncoderDecoder);
    let with = |task: usize, right: [f64; 3]| {
        let mut all = AS_NAMED;
        all[task][..3].copy_from_slice(&right);
        judged(all)
    };
    assert_eq!(judged(AS_NAMED), Verdict::Shown);
    // Somebody is better than who is named,
    for (task, right) in [(0, [0.5, 0.6, 0.4]), (1, [0.8, 0.8, 0.9]), (2, [0.2, 0.8, 0.9]), (3, [0.1, 0.9, 0.8])] {
        assert_eq!(with(task, right), Verdict::NotShown, "{task}");
    }
    // or one does for all: the encoder-decoder, which is as good as the encoder everywhere else.
    assert_eq!(with(0, [0.5, 0.49, 0.4]), Verdict::NotShown);
    assert_eq!(with(1, [0.9, 0.8, 0.9]), Verdict::Shown);
    assert_eq!(judged([[0.5; 4]; 4]), Verdict::NotShown);
    assert_eq!(measured(AS_NAMED, 1).verdict(Family::EncoderDecoder), Verdict::Undecided);
}

#[test]
fn step_02_the_control_takes_the_place_of_the_encoder_decoder() {
    assert_eq!(measured(AS_NAMED, 3).verdict(Family::DeepEncoderDecoder), Verdict::NotShown);
}

#[test]
fn step_03_no_loss_is_below_zero() {
    // Mean 0.5, deviations -0.4, -0.3, 0.7: half width 4.302653 sqrt(0.37 / 3) = 1.511.
    let cut = measured(AS_NAMED, 3).nats(Task::Fill, Family::DecoderOnly);
    assert_eq!((cut.low(), cut.mean), (0.0, 0.5));
    assert!((cut.high() - 2.011).abs() < 1e-3, "{cut}");
}
