//! How a small model is trained where nothing calls for another way.

use nn::{AdamW, Batches, Decay, Schedule, Trainable, Trainer, TrainingConfig};
use tensor::Parameters;

use super::workers::Reporter;

/// How often a training is looked at, its end included.
const LOOKS: u64 = 8;

/// AdamW with warm-up and half a cosine, clipped.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Of whatever the training draws.
    pub seed: u64,
    /// How many.
    pub steps: u64,
    /// The highest learning rate.
    pub learning_rate: f64,
}

impl Recipe {
    /// Trains, and calls `look` with the number of steps made and the parameters at equal distances, last at the end. A
    /// batch has `tokens` tokens.
    ///
    /// # Errors
    /// If the training fails.
    pub fn train<M: Trainable, R>(
        &self,
        model: &M,
        parameters: Parameters,
        batches: &impl Batches<Batch = M::Batch>,
        tokens: usize,
        reporter: &Reporter<R>,
        mut look: impl FnMut(u64, &Parameters),
    ) -> anyhow::Result<Parameters> {
        let Recipe { seed, steps, learning_rate: peak } = *self;
        let schedule = Schedule { decay: Decay::Cosine, peak, minimum: 0.1 * peak, warmup: steps / 20, end: steps };
        let config = TrainingConfig { seed, clip: Some(1.0), ..TrainingConfig::new(steps, AdamW::default(), schedule) };
        let mut trainer = Trainer::new(model, parameters, config);
        for step in 1..=steps {
            let report = trainer.step(batches)?;
            reporter.step(report.loss, tokens as u64);
            if step % steps.div_ceil(LOOKS) == 0 || step == steps {
                look(step, trainer.parameters());
            }
        }
        Ok(trainer.into_parameters())
    }
}
