//! C5: looking back does not end the waiting.
//!
//! The layers, what is counted of them and how they are timed are those of C6.

mod findings;

use stages::LayerKind;

use crate::{
    experiments::c06_parallelism::{counts::LayerCounts, times::LayerTimes},
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{counted::Counted, operations::GROWTH},
    verdict::Basis,
};
use findings::conclude;

const TEXT: &str = include_str!("text.md");

/// Counts and times translators over ever longer texts.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C5",
    text: TEXT,
    thresholds: &[("growing", GROWTH)],
    reads: &[Input::Budget],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [Some(1), Some(4), Some(30)],
    memory: Memory { alone: [60, 60, 60], thread: [12, 12, 12] },
    run,
};

fn run(session: &Session) -> anyhow::Result<Finding> {
    let counted = LayerKind::TRANSLATORS.map(LayerCounts::of);
    let longest = session.budget.pick([256, 64], [512, 128], [1_024, 256]);
    let repetitions = session.budget.pick(3, 7, 21);
    let timed =
        LayerTimes::one_and_many(session, "C5, timing translators", &LayerKind::TRANSLATORS, longest, repetitions)?;
    Ok(conclude(&counted, &timed, &judge(&counted)))
}

fn judge(counted: &[LayerCounts]) -> Counted {
    counted.iter().map(LayerCounts::is_as_claimed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{experiments::c06_parallelism::times, verdict::Verdict};

    #[test]
    fn step_01_the_criterion_can_fail() {
        let counted = LayerKind::TRANSLATORS.map(LayerCounts::of);
        let judged = |counted: &[LayerCounts]| judge(counted).verdict();
        assert_eq!(judged(&counted), Verdict::Shown);
        let [attention, transformer] = counted;
        assert_eq!(judged(&[LayerCounts { kind: LayerKind::LookingBack, ..transformer }]), Verdict::NotShown);
        assert_eq!(judged(&[LayerCounts { kind: LayerKind::Translator, ..attention }]), Verdict::NotShown);
    }

    #[test]
    fn step_02_one_thread_gains_nothing() {
        let counted = LayerKind::TRANSLATORS.map(LayerCounts::of);
        let finding = conclude(&counted, &times::short(&LayerKind::TRANSLATORS, 1), &judge(&counted));
        assert_eq!(finding.figures.len(), 4);
        assert_eq!(finding.notice.len(), 2);
    }
}
