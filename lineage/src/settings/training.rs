//! What the trainer is told, whatever it trains.

use anyhow::bail;
use clap::{Args, ValueEnum};
use nn::{AdamW, Decay, Schedule, TrainingConfig};
use serde::{Deserialize, Serialize};

use super::{Flags, MOST, below_one, count, not_negative, overlay, positive, size, up_to};

/// Flags for the trainer.
#[derive(Args, Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TrainingFlags {
    /// Updates in all [default: 2000]
    #[arg(long, value_name = "N", value_parser = count(), allow_negative_numbers = true, help_heading = "Training")]
    pub steps: Option<u64>,
    /// Rows of a batch, B [default: 32, gpt 12, translators 64]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Training")]
    pub batch: Option<usize>,
    /// Batches that make up one update [default: 1]
    #[arg(long, value_name = "N", value_parser = count(), allow_negative_numbers = true, help_heading = "Training")]
    pub accumulate: Option<u64>,
    /// Highest learning rate [default: 0.002; bert, gpt and transformer 0.001, t5 0.003]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = positive, help_heading = "Training")]
    pub lr: Option<f64>,
    /// How the learning rate falls after the warm-up [default: cosine, bert linear, t5 inverse-sqrt]
    #[arg(long, value_enum, help_heading = "Training")]
    pub schedule: Option<Fall>,
    /// Learning rate at the end of the cosine or of the line, one step after the last [default: a tenth of the highest, bert 0]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = not_negative, help_heading = "Training")]
    pub min_lr: Option<f64>,
    /// Updates over which the learning rate rises [default: a twentieth of the steps, at most 100]
    #[arg(long, value_name = "N", value_parser = up_to(MOST), allow_negative_numbers = true, help_heading = "Training")]
    pub warmup: Option<u64>,
    /// Decoupled weight decay of matrices and embeddings [default: 0.1, bert and translators 0.01, t5 0]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = not_negative, help_heading = "Training")]
    pub weight_decay: Option<f64>,
    /// β₂ of AdamW: the closer to 1, the longer its mean of squared gradients remembers [default: 0.99,
    /// bert and t5 0.999]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = below_one, help_heading = "Training")]
    pub beta2: Option<f64>,
    /// Largest norm of the gradient; a longer one is shortened to it, unless this is 0 [default: 1]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = not_negative, help_heading = "Training")]
    pub clip: Option<f64>,
    /// Updates between two evaluations on what is held out (translators: on its first 500 sentences); there is one after the
    /// last update too [default: a tenth of the steps]
    #[arg(long, value_name = "N", value_parser = count(), allow_negative_numbers = true, help_heading = "Training")]
    pub eval_every: Option<u64>,
    /// Updates between two checkpoints [default: as --eval-every]
    #[arg(long, value_name = "N", value_parser = count(), allow_negative_numbers = true, help_heading = "Training")]
    pub save_every: Option<u64>,
    /// Stop after so many evaluations without a new best, and keep the best [default: train to the end]
    #[arg(long, value_name = "N", value_parser = count(), allow_negative_numbers = true, help_heading = "Training")]
    pub patience: Option<u64>,
}

/// How the learning rate falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fall {
    /// Along half a cosine that comes close to --min-lr at the last step
    Cosine,
    /// In a straight line that comes close to --min-lr at the last step, as in BERT
    Linear,
    /// With the inverse square root of the step, as in the Transformer of 2017; needs a longer warm-up
    InverseSqrt,
}

/// The settings of a run that do not concern the model, complete; each is named as its flag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Training {
    pub seed: u64,
    pub steps: u64,
    pub batch: usize,
    pub accumulate: u64,
    pub(super) lr: f64,
    pub(super) schedule: Fall,
    pub(super) min_lr: f64,
    pub(super) warmup: u64,
    pub(super) weight_decay: f64,
    pub(super) beta2: f64,
    pub(super) clip: f64,
    pub(super) eval_every: u64,
    pub save_every: u64,
    pub patience: Option<u64>,
}

impl Training {
    /// Whether a gradient is shortened that is longer than --clip.
    pub fn clips(&self) -> bool {
        self.clip > 0.0
    }

    /// The settings that these flags ask for; where they say nothing, what suits the stage.
    ///
    /// # Errors
    /// If two of them do not go together.
    pub(super) fn new(
        seed: u64,
        flags: &Flags,
        batch: usize,
        learning_rate: f64,
        weight_decay: f64,
    ) -> anyhow::Result<Self> {
        Training::with(seed, flags, batch, learning_rate, |defaults| Training { weight_decay, ..defaults })
    }

    /// The same; `suited` gives the defaults that suit a stage.
    ///
    /// # Errors
    /// If two flags do not go together.
    pub(super) fn with(
        seed: u64,
        flags: &Flags,
        batch: usize,
        learning_rate: f64,
        suited: impl FnOnce(Training) -> Training,
    ) -> anyhow::Result<Self> {
        let TrainingFlags { steps, lr, eval_every, .. } = flags.training;
        let steps = steps.unwrap_or(2000);
        let lr = lr.unwrap_or(learning_rate);
        let eval_every = eval_every.unwrap_or((steps / 10).max(1));
        let defaults = Training {
            seed,
            steps,
            batch,
            accumulate: 1,
            lr,
            schedule: Fall::Cosine,
            min_lr: lr / 10.0,
            warmup: (steps / 20).min(100),
            weight_decay: 0.1,
            beta2: 0.99,
            clip: 1.0,
            eval_every,
            save_every: eval_every,
            patience: None,
        };
        overlay(serde_json::to_value(suited(defaults))?, flags)
    }

    /// The index of the last batch that is learned from.
    pub(super) fn last_batch(&self) -> u64 {
        self.steps * self.accumulate - 1
    }

    /// What the trainer is told.
    ///
    /// # Errors
    /// If the learning rate would rise.
    pub fn config(&self) -> anyhow::Result<TrainingConfig> {
        let Training { seed, steps, lr, min_lr, warmup, weight_decay, beta2, clip, eval_every, .. } = *self;
        let decay = match self.schedule {
            Fall::Cosine | Fall::Linear if min_lr > lr => bail!(
                "--min-lr {min_lr} is above --lr {lr}: the learning rate falls from --lr to --min-lr, so give a lower one"
            ),
            Fall::Cosine => Decay::Cosine,
            Fall::Linear => Decay::Linear,
            Fall::InverseSqrt => Decay::InverseSquareRoot,
        };
        Ok(TrainingConfig {
            seed,
            clip: (clip > 0.0).then_some(clip),
            accumulation: self.accumulate,
            evaluate_every: eval_every,
            patience: self.patience,
            ..TrainingConfig::new(
                steps,
                AdamW { beta2, weight_decay, ..AdamW::default() },
                Schedule { decay, peak: lr, minimum: min_lr, warmup, end: steps },
            )
        })
    }
}
