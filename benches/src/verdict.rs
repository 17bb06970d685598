//! What an experiment concludes.
//!
//! A criterion is code: each experiment computes its verdict from what it measured, most often by asking
//! [`exceeds`] whether the interval of a difference lies on one side of a threshold. The sentence printed beside the verdict says
//! the same in words.

use report::statistics::{Summary, by_chance, fisher};
use serde::{Deserialize, Serialize};

/// The outcome of one claim's experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The criterion is met.
    Shown,
    /// The criterion is not met: the effect is not there, or too small.
    NotShown,
    /// The effect is there with the opposite sign.
    Reverse,
    /// The measurement was too small to decide, or what was asked too easy or too hard to tell anything apart.
    Undecided,
}

/// What a claim rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Counted, or computed exactly: only a fault in the program or another way of computing could refute it.
    Counted,
    /// Estimated from trainings: another length of training, size or task may give another answer.
    Estimated,
}

impl Verdict {
    /// `Shown` if `holds`, `NotShown` otherwise: for criteria that are counted, not estimated.
    pub fn exact(holds: bool) -> Self {
        if holds { Self::Shown } else { Self::NotShown }
    }

    /// The verdict of a claim with several parts, all of which have to hold.
    ///
    /// All shown: shown. All reversed: the reverse. One that failed: not shown, whatever the rest might still become.
    /// Otherwise undecided.
    ///
    /// # Panics
    /// If there are no parts.
    #[track_caller]
    pub fn all(parts: &[Self]) -> Self {
        assert!(!parts.is_empty(), "Verdict::all: no parts");
        if let Some(same) = [Self::Shown, Self::Reverse].into_iter().find(|v| parts.iter().all(|p| p == v)) {
            return same;
        }
        let failed = parts.iter().any(|p| matches!(p, Self::NotShown | Self::Reverse));
        if failed { Self::NotShown } else { Self::Undecided }
    }

    /// The words of the report and of the terminal. A training says nothing about longer ones.
    pub fn words(self, basis: Basis) -> &'static str {
        match (self, basis) {
            (Self::Shown, _) => "shown",
            (Self::NotShown, Basis::Counted) => "not shown",
            (Self::NotShown, Basis::Estimated) => "not shown at this training",
            (Self::Reverse, Basis::Counted) => "the reverse",
            (Self::Reverse, Basis::Estimated) => "the reverse at this training",
            (Self::Undecided, _) => "undecided",
        }
    }

    /// The first words of the answer to a question that the claim says yes to.
    pub fn reply(self, basis: Basis) -> &'static str {
        match (self, basis) {
            (Self::Shown, _) => "Yes.",
            (Self::NotShown, Basis::Counted) => "No.",
            (Self::NotShown, Basis::Estimated) => "Not at this training.",
            (Self::Reverse, Basis::Counted) => "The reverse.",
            (Self::Reverse, Basis::Estimated) => "The reverse, at this training.",
            (Self::Undecided, _) => "This run cannot tell.",
        }
    }
}

/// Whether `effect` is larger than `threshold` (which is not negative), by its 95 % interval.
///
/// - `Shown`: the whole interval lies above `threshold`.
/// - `Reverse`: the whole interval lies below `-threshold`.
/// - `NotShown`: the whole interval lies between the two.
/// - `Undecided`: the interval straddles one of them.
///
/// An interval whose ends are not numbers lies nowhere: it shows nothing, and neither does it refute anything.
/// A single measurement has no interval, so it leaves the question open.
pub fn exceeds(effect: &Summary, threshold: f64) -> Verdict {
    if effect.reach.is_none() {
        return Verdict::Undecided;
    }
    let (low, high) = (effect.low(), effect.high());
    if low > threshold {
        Verdict::Shown
    } else if high < -threshold {
        Verdict::Reverse
    } else if low >= -threshold && high <= threshold {
        Verdict::NotShown
    } else {
        Verdict::Undecided
    }
}

/// Whether `often` succeeds in more of its trainings than `seldom`, by Fisher's exact test at 2.5 % to either side: for
/// outcomes that are all or nothing. Each is the number of successes and of trainings.
///
/// No outcome of three against three is rare enough for it; four against four can decide.
pub fn succeeds_more(often: [usize; 2], seldom: [usize; 2]) -> Verdict {
    if fisher(often, seldom) <= 0.025 {
        Verdict::Shown
    } else if fisher(seldom, often) <= 0.025 {
        Verdict::Reverse
    } else {
        Verdict::Undecided
    }
}

/// Whether something happens in more of so many trials than a fair coin would let it, by the binomial test at 2.5 % to either
/// side; given as successes and trials.
///
/// Five of five are not rare enough for it; six of six can decide.
pub fn beyond_chance([successes, trials]: [usize; 2]) -> Verdict {
    if by_chance([successes, trials], 0.5) <= 0.025 {
        Verdict::Shown
    } else if by_chance([trials - successes, trials], 0.5) <= 0.025 {
        Verdict::Reverse
    } else {
        Verdict::Undecided
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::statistics::Reach;

    #[test]
    fn step_01_the_interval_decides() {
        let effect = |mean: f64, half: f64| Summary { n: 3, mean, reach: Some(Reach::Plus(half)) };
        let verdict = |mean, half| exceeds(&effect(mean, half), 0.1);
        assert_eq!(verdict(0.5, 0.3), Verdict::Shown);
        assert_eq!(verdict(-0.5, 0.3), Verdict::Reverse);
        assert_eq!(verdict(0.02, 0.05), Verdict::NotShown);
        assert_eq!(verdict(0.5, 0.45), Verdict::Undecided);
        assert_eq!(verdict(-0.2, 0.15), Verdict::Undecided);
        for (mean, half) in [(f64::NAN, 0.1), (f64::INFINITY, f64::NAN)] {
            assert_eq!(verdict(mean, half), Verdict::Undecided);
        }
    }

    #[test]
    fn step_02_one_seed_decides_nothing() {
        assert_eq!(exceeds(&Summary::exact(5.0), 0.0), Verdict::Undecided);
    }

    #[test]
    fn step_03_a_claim_stands_on_all_its_parts() {
        use Verdict::{NotShown, Reverse, Shown, Undecided};
        assert_eq!(Verdict::all(&[Shown, Shown]), Shown);
        assert_eq!(Verdict::all(&[Reverse, Reverse]), Reverse);
        assert_eq!(Verdict::all(&[Shown, Reverse]), NotShown);
        assert_eq!(Verdict::all(&[Undecided, NotShown]), NotShown);
        assert_eq!(Verdict::all(&[Undecided, Shown]), Undecided);
    }

    #[test]
    fn step_04_successes_are_counted() {
        assert_eq!(succeeds_more([3, 3], [0, 3]), Verdict::Undecided);
        assert_eq!(succeeds_more([4, 4], [0, 4]), Verdict::Shown);
        assert_eq!(succeeds_more([1, 10], [9, 10]), Verdict::Reverse);
        assert_eq!(succeeds_more([10, 10], [10, 10]), Verdict::Undecided);
        let verdicts = [[6, 6], [5, 5], [4, 8], [0, 6]].map(beyond_chance);
        assert_eq!(verdicts, [Verdict::Shown, Verdict::Undecided, Verdict::Undecided, Verdict::Reverse]);
    }

    #[test]
    fn step_05_a_training_speaks_for_itself_alone() {
        assert_eq!(Verdict::exact(false).words(Basis::Counted), "not shown");
        assert_eq!(Verdict::Reverse.words(Basis::Estimated), "the reverse at this training");
        assert_eq!(Verdict::NotShown.reply(Basis::Estimated), "Not at this training.");
    }
}
