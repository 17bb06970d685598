//! C5: looking back does not end the waiting.
//!
//! The layers, what is counted of them and how they are timed are those of C6.

mod findings;

use crate::{
    experiments::c06_parallelism::{counts::LayerCounts, layers::LayerKind, times::LayerTimes},
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::operations::GROWTH,
    verdict::{Basis, Verdict},
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
    seconds: [1, 5, 30],
    memory: Memory { alone: [60, 60, 60], thread: [12, 12, 12] },
    run,
};

fn run(session: &Session) -> anyhow::Result<Finding> {
    let counted = LayerKind::TRANSLATORS.map(LayerCounts::of);
    let longest = session.budget.pick([256, 64], [512, 256], [1_024, 512]);
    let repetitions = session.budget.pick(3, 9, 21);
    let timed =
        LayerTimes::one_and_many(session, "C5, timing translators", &LayerKind::TRANSLATORS, longest, repetitions)?;
    Ok(conclude(&counted, &timed, judge(&counted)))
}

fn judge(counted: &[LayerCounts]) -> Verdict {
    Verdict::exact(counted.iter().all(LayerCounts::is_as_claimed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::c06_parallelism::{layers::Layer, times};

    #[test]
    fn step_01_chains_of_this_project() {
        let span = |kind, positions| Layer::new(kind, 8).count(positions).span;
        let growth = |kind| [(3, 4), (4, 7)].map(|(a, b)| (span(kind, b) - span(kind, a)) / (b - a) as u64);
        // Each token is read in one step and written in another.
        let [near, far] = growth(LayerKind::LookingBack);
        assert!(near == far && near > 2, "{near} {far}");
        assert_eq!(growth(LayerKind::Translator), [0, 0]);
    }

    #[test]
    fn step_02_the_criterion_can_fail() {
        let counted = LayerKind::TRANSLATORS.map(LayerCounts::of);
        assert_eq!(judge(&counted), Verdict::Shown);
        let [attention, transformer] = counted;
        assert_eq!(judge(&[LayerCounts { kind: LayerKind::LookingBack, ..transformer }]), Verdict::NotShown);
        assert_eq!(judge(&[LayerCounts { kind: LayerKind::Translator, ..attention }]), Verdict::NotShown);
    }

    #[test]
    fn step_03_one_thread_gains_nothing() {
        let counted = LayerKind::TRANSLATORS.map(LayerCounts::of);
        let finding = conclude(&counted, &times::tiny(&LayerKind::TRANSLATORS), Verdict::Shown);
        assert_eq!(finding.figures.len(), 3);
        assert_eq!(finding.notice.len(), 2);
    }
}
