//! Language models of equal size, trained in the same way on what they read.

use std::ops::ControlFlow;

use data::TextBatch;
use nn::{Batches, StepReport, Trainer, evaluate};
use stages::{ModelConfig, Sizes, Stage};
use tensor::Parameters;

use serde::{Deserialize, Serialize};

use crate::study::{
    grid::Trial,
    parallel::Reporter,
    training::{Recipe, follow},
};

pub const STAGES: [Stage; 3] = [Stage::Rnn, Stage::Lstm, Stage::Gpt];

/// The peak learning rates that every stage is tried with.
pub const LEARNING_RATES: &[f64] = &[1e-3, 3e-3, 1e-2];

/// The parts of a training after which the held-out loss is measured.
const LOOKS: [u64; 4] = [8, 4, 2, 1];

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trained {
    /// Tokens read so far, and the held-out loss in nats per token then.
    pub curve: Vec<(u64, f64)>,
}

impl Trained {
    /// The held-out loss at the end, in nats per token.
    pub fn loss(&self) -> f64 {
        self.curve.last().map_or(f64::NAN, |(_, loss)| *loss)
    }
}

/// A gpt of these sizes and the models of the other stages that have as many parameters.
pub fn equal_models(gpt: Sizes) -> [ModelConfig; 3] {
    let wanted = Stage::Gpt.configure(gpt).parameter_count();
    STAGES.map(|stage| {
        if stage == Stage::Gpt {
            return stage.configure(gpt);
        }
        let sizes = Sizes { layers: 1, embedding: gpt.width, ..gpt };
        stage.configure(Sizes { width: stage.width_for(wanted, sizes), ..sizes })
    })
}

/// Trains a model on batches: what nanoGPT does, for every stage.
///
/// # Errors
/// If the model cannot be built or its training fails.
pub fn train<C>(
    trial: &Trial<C>,
    model: &ModelConfig,
    batches: &impl Batches<Batch = TextBatch>,
    held_out: &[TextBatch],
    reporter: &Reporter,
) -> anyhow::Result<Trained> {
    let Trial { learning_rate, seed, steps, .. } = *trial;
    let (model, parameters) = model.build(seed)?;
    let trainer = Trainer::new(&model, parameters, Recipe::cosine(seed, steps, learning_rate).config());
    let tokens = batches.at(0).inputs.len() as u64;
    let mut curve = Vec::with_capacity(LOOKS.len());
    let look = |report: &StepReport, parameters: &Parameters| {
        if LOOKS.iter().any(|part| report.step == steps.div_ceil(*part)) {
            let evaluation = evaluate(&model, parameters, held_out.iter().cloned());
            curve.extend(evaluation.map(|evaluation| (report.step * tokens, evaluation.nats)));
        }
        ControlFlow::Continue(())
    };
    follow(trainer, batches, || tokens, reporter, look)?;
    Ok(Trained { curve })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::c16_self_supervision::text::gpt_sizes;

    #[test]
    fn models_have_equal_parameters_at_every_budget() {
        for (layers, width) in [(2, 64), (3, 96), (4, 128)] {
            let counts = equal_models(gpt_sizes(78, layers, width)).map(|model| model.parameter_count() as f64);
            let close = counts.iter().all(|count| (count / counts[2] - 1.0).abs() < 0.02);
            assert!(close, "{layers} × {width}: {counts:?}");
        }
    }
}
