//! What a run does, apart from the model and the data.

use serde::{Deserialize, Serialize};

use crate::{Rule, Schedule};

/// The settings of a run. A checkpoint holds them, so a resumed run needs nothing but its checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// The seed of dropout masks and whatever else draws numbers in a training step.
    pub seed: u64,
    /// How many updates the run makes.
    pub steps: u64,
    /// How gradients change parameters.
    pub rule: Rule,
    /// The learning rate of each step.
    pub schedule: Schedule,
    /// The largest global norm a gradient may have; `None` lets all pass.
    pub clip: Option<f64>,
    /// How many batches one update adds up; at least 1.
    pub accumulation: u64,
    /// How many steps lie between two rows of the history, and between two evaluations if the run evaluates; at
    /// least 1. The last step has a row in any case.
    pub evaluate_every: u64,
    /// Stop after so many evaluations in a row without a new best, and keep the best parameters; `None` trains to
    /// the end and keeps the last.
    pub patience: Option<u64>,
}

impl TrainingConfig {
    /// So many steps of a rule on a schedule: seed 1, no clipping, one batch a step, ten rows of history, to the end.
    pub fn new(steps: u64, rule: impl Into<Rule>, schedule: Schedule) -> Self {
        let (rule, evaluate_every) = (rule.into(), (steps / 10).max(1));
        TrainingConfig { seed: 1, steps, rule, schedule, clip: None, accumulation: 1, evaluate_every, patience: None }
    }
}
