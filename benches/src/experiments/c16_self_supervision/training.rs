//! Language models of equal size, trained in the same way on what they read.

use std::sync::Arc;

use data::TextBatch;
use nn::{AdamW, Decay, Schedule, Trainer, TrainingConfig, evaluate};

use crate::study::parallel::{Reporter, side_by_side};
use crate::{
    lab::Lab,
    stages::{ModelConfig, Sizes, Stage},
    statistics::by_size,
};

/// The stages compared.
pub const STAGES: [Stage; 3] = [Stage::Rnn, Stage::Lstm, Stage::Gpt];

/// The peak learning rates that every stage is tried with.
pub const LEARNING_RATES: [f64; 3] = [1e-3, 3e-3, 1e-2];

/// The parts of a training after which the held-out loss is measured.
const LOOKS: [u64; 4] = [8, 4, 2, 1];

/// What a batch is, by its step.
pub type Batches = Arc<dyn Fn(u64) -> TextBatch + Send + Sync>;

/// One training to do.
#[derive(Clone)]
pub struct Job {
    /// The architecture.
    pub model: ModelConfig,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// Of the first parameters.
    pub seed: u64,
    /// How many.
    pub steps: u64,
    /// To learn from.
    pub batches: Batches,
    /// To judge by.
    pub held_out: Arc<[TextBatch]>,
}

/// How a training went.
#[derive(Clone, Debug)]
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

/// For each job the learning rate with the lowest held-out loss, after a quarter of the steps that the job has. A training
/// that fails has lost.
pub fn search(lab: &Lab, name: &str, jobs: &[Job]) -> Vec<f64> {
    let with =
        |job: &Job| LEARNING_RATES.map(|learning_rate| Job { learning_rate, steps: job.steps / 4, ..job.clone() });
    let tried: Vec<Job> = jobs.iter().flat_map(with).collect();
    let outcomes = train_all(lab, name, &tried);
    let loss = |outcome: &anyhow::Result<Trained>| outcome.as_ref().map_or(f64::INFINITY, Trained::loss);
    let best = outcomes.chunks(LEARNING_RATES.len()).map(|outcomes| {
        let ranked = LEARNING_RATES.into_iter().zip(outcomes);
        let best = ranked.min_by(|(_, a), (_, b)| by_size(&loss(a), &loss(b)));
        best.map_or(LEARNING_RATES[0], |(rate, _)| rate)
    });
    best.collect()
}

/// Trains, in the order of the jobs.
///
/// # Errors
/// The first training that failed.
pub fn train(lab: &Lab, name: &str, jobs: &[Job]) -> anyhow::Result<Vec<Trained>> {
    train_all(lab, name, jobs).into_iter().collect()
}

fn train_all(lab: &Lab, name: &str, jobs: &[Job]) -> Vec<anyhow::Result<Trained>> {
    side_by_side(lab, name, jobs, |job| job.steps, |job, reporter| job.train(reporter))
}

impl Job {
    /// AdamW with warm-up and half a cosine, clipped: what nanoGPT does, for every stage.
    fn train(&self, reporter: &Reporter) -> anyhow::Result<Trained> {
        let (model, parameters) = self.model.build(self.seed)?;
        let Job { learning_rate: peak, seed, steps, .. } = *self;
        let schedule = Schedule { decay: Decay::Cosine, peak, minimum: 0.1 * peak, warmup: steps / 20, end: steps };
        let config = TrainingConfig { seed, clip: Some(1.0), ..TrainingConfig::new(steps, AdamW::default(), schedule) };
        let mut trainer = Trainer::new(&model, parameters, config);
        let batches = |step| (self.batches)(step);
        let tokens = batches(0).inputs.len() as u64;
        let mut curve = Vec::with_capacity(LOOKS.len());
        while trainer.progress().step < steps {
            let report = trainer.step(&batches)?;
            reporter.step(report.loss, tokens);
            if LOOKS.iter().any(|part| report.step == steps.div_ceil(*part)) {
                let evaluation = evaluate(&model, trainer.parameters(), self.held_out.iter().cloned());
                curve.extend(evaluation.map(|evaluation| (report.step * tokens, evaluation.nats)));
            }
        }
        Ok(Trained { curve })
    }
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
