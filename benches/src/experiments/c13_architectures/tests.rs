//! The criterion of C13.

use super::*;
use crate::study::grid::Score;
use training::Outcome;

/// The right answers of each model (encoder-only, encoder-decoder, decoder-only) on each task.
fn judged(right: [[f64; 3]; 4], seeds: usize) -> Verdict {
    let cell = |(task, (kind, right)): (Task, (Kind, f64))| {
        let outcome = |seed: usize| Outcome {
            parameters: 1,
            right: right + 1e-3 * seed as f64 * if kind == Kind::EncoderOnly { 1.0 } else { -1.0 },
            nats: 1.0,
            shown: Vec::new(),
        };
        let (case, score) = (Case { task, kind }, Score(0.0, 0.0));
        Cell { case, learning_rate: 1e-2, score, outcomes: (0..seeds).map(outcome).collect() }
    };
    let all = Task::ALL
        .into_iter()
        .zip(right)
        .flat_map(|(task, right)| Kind::ALL.into_iter().zip(right).map(move |of_kind| (task, of_kind)));
    let commonest = Task::ALL.map(|task| Commonest { task, answer: "the".into(), right: 0.0 });
    Measured { steps: 1, width: 32, sentences: [1, 1], cells: all.map(cell).collect(), commonest }.verdict()
}

#[test]
fn step_01_the_criterion_can_fail_in_every_part() {
    let as_named = [[0.5, 0.4, 0.4], [0.9, 0.9, 0.9], [0.2, 0.9, 0.9], [0.1, 0.8, 0.8]];
    let with = |task: usize, right| {
        let mut all = as_named;
        all[task] = right;
        judged(all, 3)
    };
    assert_eq!(with(0, as_named[0]), Verdict::Shown);
    // Somebody is better than the one named,
    for (task, right) in [(0, [0.5, 0.6, 0.4]), (1, [0.8, 0.8, 0.9]), (2, [0.2, 0.8, 0.9]), (3, [0.1, 0.9, 0.8])] {
        assert_eq!(with(task, right), Verdict::NotShown, "{task}");
    }
    // or one does for all: the encoder-decoder, which is as good as the encoder everywhere else.
    assert_eq!(with(0, [0.5, 0.48, 0.4]), Verdict::NotShown);
    assert_eq!(with(1, [0.9, 0.8, 0.9]), Verdict::Shown);
    let short = [[0.5, 0.5, 0.5]; 4];
    assert_eq!(judged(short, 3), Verdict::NotShown);
    assert_eq!(judged(as_named, 1), Verdict::Undecided);
}
