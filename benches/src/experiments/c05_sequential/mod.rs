//! C5: looking back does not end the waiting.
//!
//! The layers, what is counted of them and how they are timed are those of C6.

mod findings;

use crate::{
    experiments::c06_parallelism::{GROWING, counts::Counted, layers::Kind, times::Timed},
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::Basis,
};
use findings::conclude;

const TEXT: &str = include_str!("text.md");

/// Counts and times translators over ever longer texts.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C5",
    text: TEXT,
    thresholds: &[("growing", GROWING)],
    reads: &[Input::Budget],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [1, 5, 30],
    memory: Memory { alone: [60, 60, 60], thread: [12, 12, 12] },
    run,
};

/// D of the translators that are timed.
const WIDTH: usize = 128;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let counted = Kind::TRANSLATORS.map(Counted::of);
    let longest = session.budget.pick([256, 64], [512, 256], [1_024, 512]);
    let repetitions = session.budget.pick(3, 9, 21);
    let timed =
        Timed::one_and_many(session, "C5, timing translators", &Kind::TRANSLATORS, WIDTH, longest, repetitions)?;
    Ok(conclude(&counted, &timed, session.threads))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        experiments::c06_parallelism::{layers::Layer, times, verdict},
        verdict::Verdict,
    };

    #[test]
    fn step_01_chains_of_this_project() {
        let span = |kind, positions| Layer::new(kind, 8).count(positions, 8).span;
        let growth = |kind| [(3, 4), (4, 7)].map(|(a, b)| (span(kind, b) - span(kind, a)) / (b - a) as u64);
        // Each token is read in one step and written in another.
        let [near, far] = growth(Kind::LookingBack);
        assert!(near == far && near > 2, "{near} {far}");
        assert_eq!(growth(Kind::Translator), [0, 0]);
    }

    #[test]
    fn step_02_the_criterion_can_fail() {
        let counted = Kind::TRANSLATORS.map(Counted::of);
        assert_eq!(verdict(&counted), Verdict::Shown);
        let [attention, transformer] = counted;
        assert_eq!(verdict(&[Counted { kind: Kind::LookingBack, ..transformer }]), Verdict::NotShown);
        assert_eq!(verdict(&[Counted { kind: Kind::Translator, ..attention }]), Verdict::NotShown);
    }

    #[test]
    fn step_03_one_thread_gains_nothing() {
        let finding = conclude(&Kind::TRANSLATORS.map(Counted::of), &times::tiny(&Kind::TRANSLATORS), 1);
        assert_eq!(finding.figures.len(), 3);
        assert_eq!(finding.notice.len(), 2);
    }
}
