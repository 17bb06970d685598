//! How a small model is trained where nothing calls for another way.

use std::ops::ControlFlow;

use nn::{AdamW, Batches, Decay, Schedule, StepReport, Trainable, Trainer, TrainingConfig};
use tensor::Parameters;

use super::parallel::Reporter;

/// AdamW with warm-up, clipped.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Of whatever the training draws.
    seed: u64,
    /// How many.
    steps: u64,
    schedule: Schedule,
    /// Steps from one look to the next.
    every: u64,
}

impl Recipe {
    /// Warm-up and half a cosine over all steps: what is best at the end. Looked at eight times.
    pub fn cosine(seed: u64, steps: u64, learning_rate: f64) -> Self {
        let (peak, minimum, warmup) = (learning_rate, 0.1 * learning_rate, steps / 20);
        let schedule = Schedule { decay: Decay::Cosine, peak, minimum, warmup, end: steps };
        Self { seed, steps, schedule, every: steps.div_ceil(8) }
    }

    /// A short warm-up, then the same rate for ever: what has been learned after n steps does not depend on how many
    /// follow, so that a longer training answers the same question. Looked at every `every` steps.
    pub fn constant(seed: u64, steps: u64, learning_rate: f64, every: u64) -> Self {
        let schedule = Schedule { warmup: 20, ..Schedule::constant(learning_rate) };
        Self { seed, steps, schedule, every }
    }

    /// Trains, and calls `look` with the number of steps made and the parameters at equal distances, last at the end. A
    /// batch has `tokens` tokens.
    ///
    /// # Errors
    /// If the training fails.
    pub fn train<M: Trainable>(
        &self,
        model: &M,
        parameters: Parameters,
        batches: &impl Batches<Batch = M::Batch>,
        tokens: usize,
        reporter: &Reporter,
        mut look: impl FnMut(u64, &Parameters),
    ) -> anyhow::Result<Parameters> {
        let trainer = Trainer::new(model, parameters, self.config());
        let look = |report: &StepReport, parameters: &Parameters| {
            if report.step.is_multiple_of(self.every) || report.step == report.steps {
                look(report.step, parameters);
            }
            ControlFlow::Continue(())
        };
        follow(trainer, batches, || tokens as u64, reporter, look)
    }

    /// The same for who follows the training by hand.
    pub fn config(&self) -> TrainingConfig {
        let Recipe { seed, steps, schedule, .. } = *self;
        TrainingConfig { seed, clip: Some(1.0), ..TrainingConfig::new(steps, AdamW::default(), schedule) }
    }
}

/// The training loop of experiments that look at a training while it runs: `look` sees every step and the parameters after
/// it, and may end the training; `tokens` says how many the batch of a step had.
///
/// # Errors
/// If a step fails.
pub fn follow<M: Trainable>(
    mut trainer: Trainer<'_, M>,
    batches: &impl Batches<Batch = M::Batch>,
    tokens: impl Fn() -> u64,
    reporter: &Reporter,
    mut look: impl FnMut(&StepReport, &Parameters) -> ControlFlow<()>,
) -> anyhow::Result<Parameters> {
    loop {
        let report = trainer.step(batches)?;
        reporter.step(report.loss, tokens());
        if look(&report, trainer.parameters()).is_break() || report.step == report.steps {
            return Ok(trainer.into_parameters());
        }
    }
}
