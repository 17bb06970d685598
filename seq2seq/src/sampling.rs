//! Scheduled sampling: how often the decoder is told the truth.

use serde::{Deserialize, Serialize};

/// A decoder that is always told the right tokens (*teacher forcing*) never meets a mistake of its own until it is used.
/// Here it reads the right token of the step before with a probability that falls in a straight line, and otherwise one
/// that it draws from its own distribution (Bengio et al. 2015, section 2.4, linear decay).
///
/// Each token is decided by itself, by a random stream of the seed and the step. No gradient flows through the choice,
/// as in the paper.
///
/// ```
/// let sampling = seq2seq::ScheduledSampling { least: 0.5, steps: 1000 };
/// assert_eq!([0, 500, 1000, 9000].map(|step| sampling.truth(step)), [1.0, 0.75, 0.5, 0.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduledSampling {
    /// The probability of the right token at the end, 0 to 1.
    pub least: f64,
    /// The training step from which on it stays there.
    pub steps: u64,
}

impl ScheduledSampling {
    /// The probability of the right token at a training step, counted from 0.
    pub fn truth(&self, step: u64) -> f64 {
        let passed = if step < self.steps { step as f64 / self.steps as f64 } else { 1.0 };
        1.0 - (1.0 - self.least) * passed
    }
}
