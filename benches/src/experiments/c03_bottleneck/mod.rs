//! C3: what goes through one vector, and what is lost there.

pub mod aligned;
pub mod figures;
mod findings;
pub mod models;
pub mod study;
pub mod training;

use std::ops::RangeInclusive;

use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::{Basis, Verdict, exceeds},
};
use findings::conclude;
use study::Study;

/// How many English words the sentences have; a question mark counts as one.
pub const LENGTHS: RangeInclusive<usize> = 3..=12;

/// Those that count as short.
pub const SHORT: RangeInclusive<usize> = 3..=5;

/// Those that count as long.
pub const LONG: RangeInclusive<usize> = 10..=12;

const TEXT: &str = include_str!("text.md");

/// See the criterion; the halves of the claim are answered beside it.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C3",
    text: TEXT,
    thresholds: &[("better", 100.0 * BETTER), ("from", *LONG.start() as f64), ("to", *LONG.end() as f64)],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [30, 130, 780],
    memory: Memory { alone: [108, 280, 610], thread: [13, 15, 20] },
    run,
};

/// What counts as better, as a part of the sentences.
pub const BETTER: f64 = 0.05;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let study = Study::of(session)?;
    Ok(conclude(&study))
}

/// From what each seed gets right of the long sentences.
pub fn judge(plain: &[f64], attention: &[f64]) -> Verdict {
    exceeds(&Summary::of_differences(attention, plain), BETTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_the_criterion_can_fail() {
        let judged = |plain: f64, attention: f64| judge(&[plain, plain - 0.01, plain + 0.01], &[attention; 3]);
        assert_eq!(judged(0.3, 0.9), Verdict::Shown);
        assert_eq!(judged(0.3, 0.36), Verdict::Undecided);
        assert_eq!(judged(0.9, 0.3), Verdict::Reverse);
        assert_eq!(judged(0.3, 0.31), Verdict::NotShown);
        assert_eq!(judge(&[0.1], &[0.9]), Verdict::Undecided);
    }
}
