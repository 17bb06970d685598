//! How long a comparison is meant to take.

use std::{fmt, time::Duration};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// How much the whole comparison trains, by the minutes that it is planned to take on two free cores.
///
/// A budget fixes sizes (steps, lengths, seeds), and there is no stopwatch: a slower or busier machine takes longer and
/// still computes the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Budget {
    /// As quick, but every training ends after a few steps: what tests run.
    #[value(skip)]
    Rehearsal,
    /// Some 3 minutes: enough to see most effects.
    Quick,
    /// Some 20 minutes: enough to be fairly sure of them.
    Standard,
    /// Some 120 minutes: the sizes that the claims are about.
    Thorough,
}

impl Budget {
    /// What it is planned to take on two free cores.
    pub fn planned(self) -> Duration {
        Duration::from_secs(60 * self.pick(3, 20, 120))
    }

    /// The value that belongs to this budget.
    pub fn pick<T>(self, quick: T, standard: T, thorough: T) -> T {
        match self {
            Self::Rehearsal | Self::Quick => quick,
            Self::Standard => standard,
            Self::Thorough => thorough,
        }
    }

    /// The steps of a training that belong to this budget.
    pub fn steps(self, quick: u64, standard: u64, thorough: u64) -> u64 {
        if self == Self::Rehearsal { 4 } else { self.pick(quick, standard, thorough) }
    }

    /// The next longer one, which may decide what this one leaves open.
    pub fn longer(self) -> Option<Self> {
        self.pick(Some(Self::Standard), Some(Self::Thorough), None)
    }
}

/// The word that the command line takes.
impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.pick("quick", "standard", "thorough"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_grow_and_the_command_line_reads_what_they_print() {
        for budget in Budget::value_variants() {
            assert_eq!(Budget::from_str(&budget.to_string(), false), Ok(*budget));
            assert!(budget.longer().is_none_or(|longer| longer.planned() > budget.planned()));
        }
        assert_eq!(Budget::Quick.planned().as_secs(), 180);
    }
}
