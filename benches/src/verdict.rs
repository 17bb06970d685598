//! What an experiment concludes.
//!
//! A criterion is code: each experiment computes its verdict from what it measured, most often by asking
//! [`exceeds`] whether the interval of a difference lies on one side of a threshold. The sentence printed beside the verdict says
//! the same in words.

use std::fmt;

use report::statistics::Summary;

use crate::budget::Budget;

/// The outcome of one claim's experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The criterion is met.
    Shown,
    /// The criterion is not met: the effect is not there, or so small that the largest budget does not show it.
    NotShown,
    /// The effect is there with the opposite sign.
    Reverse,
    /// The measurement was too small to decide.
    Undecided {
        /// The budget that decides; none if it takes more than one seed.
        needs: Option<Budget>,
    },
}

impl Verdict {
    /// `Shown` if `holds`, `NotShown` otherwise: for criteria that are counted, not estimated.
    pub fn exact(holds: bool) -> Self {
        if holds { Self::Shown } else { Self::NotShown }
    }

    /// What a measurement leaves open at this budget: undecided, or not shown if there is no larger one.
    pub fn open(budget: Budget) -> Self {
        budget.deciding().map_or(Self::NotShown, |larger| Self::Undecided { needs: Some(larger) })
    }

    /// The same where more training can only help: a smaller budget can then show but not refute.
    pub fn after_training(self, budget: Budget) -> Self {
        match self {
            Self::NotShown | Self::Reverse => Self::open(budget),
            verdict => verdict,
        }
    }

    /// The verdict of a claim with several parts, all of which have to hold.
    ///
    /// All shown: shown. All reversed: the reverse. One that failed: not shown, whatever the rest might still become.
    /// Otherwise undecided: with one seed at any budget, or until the largest budget that a part asks for.
    ///
    /// # Panics
    /// If there are no parts.
    #[track_caller]
    pub fn all(parts: &[Self]) -> Self {
        assert!(!parts.is_empty(), "Verdict::all: no parts");
        if let Some(same) = [Self::Shown, Self::Reverse].into_iter().find(|v| parts.iter().all(|p| p == v)) {
            return same;
        }
        if parts.iter().any(|p| matches!(p, Self::NotShown | Self::Reverse)) {
            return Self::NotShown;
        }
        let one_seed = Self::Undecided { needs: None };
        if parts.contains(&one_seed) {
            return one_seed;
        }
        let budgets = parts.iter().filter_map(|p| match p {
            Self::Undecided { needs } => *needs,
            _ => None,
        });
        budgets.max().map_or(Self::NotShown, |larger| Self::Undecided { needs: Some(larger) })
    }
}

/// Whether `effect` is larger than `threshold` (which is not negative), by its 95 % interval.
///
/// - `Shown`: the whole interval lies above `threshold`.
/// - `Reverse`: the whole interval lies below `-threshold`.
/// - `NotShown`: the whole interval lies between the two, or it does not but `budget` is already the largest.
/// - `Undecided`: the interval straddles one of them, and a larger budget may draw it together.
///
/// An interval whose ends are not numbers lies nowhere: it shows nothing, and neither does it refute anything.
/// A single measurement has no interval, so it leaves the question open.
pub fn exceeds(effect: &Summary, threshold: f64, budget: Budget) -> Verdict {
    if effect.reach.is_none() {
        return Verdict::Undecided { needs: None };
    }
    let (low, high) = (effect.low(), effect.high());
    if low > threshold {
        Verdict::Shown
    } else if high < -threshold {
        Verdict::Reverse
    } else if low >= -threshold && high <= threshold {
        Verdict::NotShown
    } else {
        Verdict::open(budget)
    }
}

/// The words used in the report and on the terminal.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shown => f.write_str("shown"),
            Self::NotShown => f.write_str("not shown"),
            Self::Reverse => f.write_str("the reverse"),
            Self::Undecided { needs: Some(larger) } => {
                write!(f, "undecided at this budget; --budget {larger} decides")
            }
            Self::Undecided { needs: None } => f.write_str("undecided with one seed; it takes more --seeds"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::statistics::Reach;

    const UNDECIDED: Verdict = Verdict::Undecided { needs: Some(Budget::Thorough) };

    #[test]
    fn step_01_the_interval_decides() {
        let effect = |mean: f64, half: f64| Summary { n: 3, mean, reach: Some(Reach::Plus(half)) };
        let verdict = |mean, half| exceeds(&effect(mean, half), 0.1, Budget::Quick);
        assert_eq!(verdict(0.5, 0.3), Verdict::Shown);
        assert_eq!(verdict(-0.5, 0.3), Verdict::Reverse);
        assert_eq!(verdict(0.02, 0.05), Verdict::NotShown);
        assert_eq!(verdict(0.5, 0.45), UNDECIDED);
        assert_eq!(verdict(-0.2, 0.15), UNDECIDED);
        assert_eq!(exceeds(&effect(0.5, 0.45), 0.1, Budget::Thorough), Verdict::NotShown);
        for (mean, half) in [(f64::NAN, 0.1), (f64::INFINITY, f64::NAN)] {
            assert_eq!(verdict(mean, half), UNDECIDED);
        }
    }

    #[test]
    fn step_02_one_seed_decides_nothing() {
        let one = Summary::exact(5.0);
        assert_eq!(exceeds(&one, 0.0, Budget::Thorough), Verdict::Undecided { needs: None });
    }

    #[test]
    fn step_03_a_claim_stands_on_all_its_parts() {
        use Verdict::{NotShown, Reverse, Shown, Undecided};
        let one_seed = Undecided { needs: None };
        assert_eq!(Verdict::all(&[Shown, Shown]), Shown);
        assert_eq!(Verdict::all(&[Reverse, Reverse]), Reverse);
        assert_eq!(Verdict::all(&[Shown, Reverse]), NotShown);
        assert_eq!(Verdict::all(&[UNDECIDED, NotShown]), NotShown);
        assert_eq!(Verdict::all(&[one_seed, Shown]), one_seed);
        assert_eq!(Verdict::all(&[UNDECIDED, Shown, one_seed]), one_seed, "no budget decides with one seed");
    }

    #[test]
    fn step_04_a_short_training_refutes_nothing() {
        use Verdict::{NotShown, Reverse, Shown};
        for (verdict, quick) in [(Shown, Shown), (NotShown, UNDECIDED), (Reverse, UNDECIDED), (UNDECIDED, UNDECIDED)] {
            assert_eq!(verdict.after_training(Budget::Quick), quick);
        }
        assert_eq!(Reverse.after_training(Budget::Thorough), NotShown);
    }

    #[test]
    fn step_05_the_words() {
        assert_eq!(UNDECIDED.to_string(), "undecided at this budget; --budget thorough decides");
        assert_eq!(Verdict::Undecided { needs: None }.to_string(), "undecided with one seed; it takes more --seeds");
        assert_eq!(Verdict::exact(false).to_string(), "not shown");
    }
}
