//! Language models trained in the same way on whatever they read.

use std::time::{Duration, Instant};

use data::TextBatch;
use nn::{Batches, evaluate};
use serde::{Deserialize, Serialize};
use stages::{ModelConfig, Stage};
use tensor::Parameters;

use crate::study::{grid::Trial, parallel::Reporter, training::Recipe};

/// What the criterion speaks of.
pub const STAGES: [Stage; 3] = [Stage::Rnn, Stage::Lstm, Stage::Gpt];

/// The peak learning rates that every stage is tried with, and further ones where the best is the smallest or the largest.
pub const LEARNING_RATES: &[f64] = &[1e-3, 3e-3, 1e-2];

/// How the loss on text that is not trained on fell.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct LearningCurve {
    /// Tokens read, and the loss in nats per token then.
    pub points: Vec<(u64, f64)>,
    /// What the training took, if it was measured in this run.
    #[serde(skip)]
    pub time: Option<Duration>,
}

impl LearningCurve {
    /// The same curve, by how much it lies above the best possible loss.
    pub fn above(mut self, best: f64) -> Self {
        self.points.iter_mut().for_each(|(_, loss)| *loss -= best);
        self
    }

    /// The loss at the end.
    pub fn loss(&self) -> f64 {
        self.points.last().map_or(f64::NAN, |(_, loss)| *loss)
    }
}

/// Trains a model on batches: what nanoGPT does, for every stage. The held-out loss is measured at the end, and on the way
/// too if the whole curve is wanted.
///
/// # Errors
/// If the model cannot be built or its training fails.
pub fn train<C>(
    trial: &Trial<C>,
    model: &ModelConfig,
    batches: &impl Batches<Batch = TextBatch>,
    held_out: &[TextBatch],
    whole_curve: bool,
    reporter: &Reporter,
) -> anyhow::Result<LearningCurve> {
    let Trial { learning_rate, seed, steps, .. } = *trial;
    let (model, parameters) = model.build(seed)?;
    let tokens = batches.at(0).inputs.len();
    let (mut points, mut looking, began) = (Vec::new(), Duration::ZERO, Instant::now());
    let look = |step: u64, parameters: &Parameters| {
        if step == steps || whole_curve && (step / steps.div_ceil(8)).is_power_of_two() {
            let began = Instant::now();
            let evaluation = evaluate(&model, parameters, held_out.iter().cloned());
            points.extend(evaluation.map(|evaluation| (step * tokens as u64, evaluation.nats)));
            looking += began.elapsed();
        }
    };
    Recipe::cosine(seed, steps, learning_rate).train(&model, parameters, batches, tokens, reporter, look)?;
    Ok(LearningCurve { points, time: Some(began.elapsed() - looking) })
}
