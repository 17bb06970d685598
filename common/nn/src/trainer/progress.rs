//! How far a run has come.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// One row of a run's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The number of updates made.
    pub step: u64,
    /// The mean training loss over all targets since the row before.
    pub training_loss: f64,
    /// The loss on held-out data after this step, if the run evaluates.
    pub held_out_loss: Option<f64>,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// The global norm of the last step's gradient before clipping.
    pub gradient_norm: f64,
}

/// How far a run has come. It holds no time and nothing of the machine, so that a run that was interrupted ends with
/// the same checkpoint, bit for bit, as one that was not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The number of updates made.
    pub step: u64,
    /// The lowest held-out loss so far.
    pub best_loss: Option<f64>,
    /// The number of updates after which it was found.
    pub best_step: u64,
    /// Evaluations since then.
    pub since_best: u64,
    /// One row every [`evaluate_every`](super::TrainingConfig::evaluate_every) steps, and one of the last.
    pub history: Vec<Row>,
    /// The training losses of all targets since the last row, added up.
    pub(super) loss_sum: f64,
    /// How many these are.
    #[serde(default)]
    targets: u64,
    pub(super) learning_rate: f64,
    pub(super) gradient_norm: f64,
}

impl Progress {
    /// The step of the last row.
    fn last_row(&self) -> u64 {
        self.history.last().map_or(0, |row| row.step)
    }

    /// Whether steps were made since the last row.
    pub(super) fn has_news(&self) -> bool {
        self.step > self.last_row()
    }

    /// Takes the mean loss of a step over so many targets.
    pub(super) fn add_loss(&mut self, loss: f64, targets: u64) {
        // Checkpoints of version 0.1.0 hold a sum over steps here, without a number of targets. It cannot go on.
        if self.targets == 0 {
            self.loss_sum = 0.0;
        }
        self.loss_sum += loss * targets as f64;
        self.targets += targets;
    }

    /// Closes a row. Returns whether the held-out loss is the best so far.
    pub(super) fn close_row(&mut self, held_out_loss: Option<f64>) -> bool {
        let count = if self.targets == 0 { self.step - self.last_row() } else { self.targets };
        self.history.push(Row {
            step: self.step,
            training_loss: self.loss_sum / count as f64,
            held_out_loss,
            learning_rate: self.learning_rate,
            gradient_norm: self.gradient_norm,
        });
        (self.loss_sum, self.targets) = (0.0, 0);
        self.rank(held_out_loss, self.step)
    }

    /// Compares a held-out loss with the best so far. Returns whether it is better.
    pub(super) fn rank(&mut self, held_out_loss: Option<f64>, step: u64) -> bool {
        let Some(loss) = held_out_loss else { return false };
        let better = self.best_loss.is_none_or(|best| loss < best);
        if better {
            (self.best_loss, self.best_step, self.since_best) = (Some(loss), step, 0);
        } else {
            self.since_best += 1;
        }
        better
    }

    /// The history as a table of comma-separated values.
    pub fn metrics_csv(&self) -> String {
        let mut csv = String::from("step,training_loss,held_out_loss,learning_rate,gradient_norm\n");
        for Row { step, training_loss, held_out_loss, learning_rate, gradient_norm } in &self.history {
            let held_out_loss = held_out_loss.map(|loss| loss.to_string()).unwrap_or_default();
            writeln!(csv, "{step},{training_loss},{held_out_loss},{learning_rate},{gradient_norm}")
                .expect("a string takes all text");
        }
        csv
    }
}
