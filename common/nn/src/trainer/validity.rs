//! What the numbers of a run can be, whoever wrote them.

use super::{Progress, Row, TrainingConfig};
use crate::{Rule, Schedule};

impl TrainingConfig {
    /// Whether a run can have these settings.
    ///
    /// # Errors
    /// The first that it cannot have, in words.
    pub fn validate(&self) -> Result<(), String> {
        let TrainingConfig { steps, accumulation, evaluate_every, .. } = *self;
        at_least_one("accumulation", accumulation)?;
        at_least_one("evaluate_every", evaluate_every)?;
        at_least_one("patience", self.patience.unwrap_or(1))?;
        if steps.checked_mul(accumulation).is_none() {
            return Err(format!("{steps} steps of {accumulation} batches are more than can be counted"));
        }
        if let Some(clip) = self.clip.filter(|&clip| !(clip.is_finite() && clip > 0.0)) {
            return Err(format!("clip is {clip} and must be above 0"));
        }
        let Schedule { peak, minimum, .. } = self.schedule;
        not_negative("schedule.peak", peak)?;
        not_negative("schedule.minimum", minimum)?;
        match self.rule {
            Rule::Sgd(rule) => below_one("momentum", rule.momentum),
            Rule::Adam(rule) => adaptive(rule.beta1, rule.beta2, rule.epsilon, 0.0),
            Rule::AdamW(rule) => adaptive(rule.beta1, rule.beta2, rule.epsilon, rule.weight_decay),
        }
    }
}

impl Progress {
    /// Whether a run with these settings can have come here.
    ///
    /// # Errors
    /// What cannot be, in words.
    pub(super) fn validate(&self, config: &TrainingConfig) -> Result<(), String> {
        let Progress { step, history, .. } = self;
        if *step > config.steps {
            return Err(format!("step is {step} of {}", config.steps));
        }
        for (before, row) in [0].into_iter().chain(history.iter().map(|row| row.step)).zip(history) {
            if row.step <= before || row.step > *step {
                return Err(format!("its history has a row of step {} behind one of {before}, of {step}", row.step));
            }
            let Row { training_loss, held_out_loss, learning_rate, gradient_norm, .. } = *row;
            finite("training_loss", training_loss)?;
            finite("held_out_loss", held_out_loss.unwrap_or(0.0))?;
            not_negative("learning_rate", learning_rate)?;
            not_negative("gradient_norm", gradient_norm)?;
        }
        finite("loss_sum", self.loss_sum)?;
        not_negative("learning_rate", self.learning_rate)?;
        not_negative("gradient_norm", self.gradient_norm)?;

        let mut expected = Progress::default();
        for row in history {
            expected.rank(row.held_out_loss, row.step);
        }
        let best = |progress: &Progress| (progress.best_loss, progress.best_step, progress.since_best);
        if best(self) != best(&expected) {
            let (found, expected) = (best(self), best(&expected));
            return Err(format!(
                "its best loss, step and evaluations since are {found:?}, by its history {expected:?}"
            ));
        }
        Ok(())
    }
}

fn at_least_one(what: &str, count: u64) -> Result<(), String> {
    if count > 0 { Ok(()) } else { Err(format!("{what} is 0 and must be at least 1")) }
}

fn finite(what: &str, number: f64) -> Result<(), String> {
    if number.is_finite() { Ok(()) } else { Err(format!("{what} is {number} and must be finite")) }
}

fn not_negative(what: &str, number: f64) -> Result<(), String> {
    if number.is_finite() && number >= 0.0 { Ok(()) } else { Err(format!("{what} is {number} and must be at least 0")) }
}

fn below_one(what: &str, number: f64) -> Result<(), String> {
    if (0.0..1.0).contains(&number) { Ok(()) } else { Err(format!("{what} is {number} and must be from 0 to below 1")) }
}

fn adaptive(beta1: f64, beta2: f64, epsilon: f64, weight_decay: f64) -> Result<(), String> {
    below_one("beta1", beta1)?;
    below_one("beta2", beta2)?;
    not_negative("epsilon", epsilon)?;
    not_negative("weight_decay", weight_decay)
}
