//! The models that the tests train.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use data::{SequentialBatches, TextBatch, TextSplit};
use ndarray::arr1;
use nn::{
    AdamW, Batches, Checkpoints, Decay, Dropout, Embedding, Hooks, Linear, Observer, Outcome, SavedRun, Schedule, Sgd,
    StepReport, Trainable, Trainer, TrainingConfig, cross_entropy, mean_squared_error,
};
use serde_json::{Value, json};
use tensor::{Context, Init, Initializer, ParameterId, Parameters, Real, Tensor};

/// A bigram model with everything a run must keep: dropout, and a mean of embeddings that one batch hands to the next.
pub struct Bigram {
    embedding: Embedding,
    dropout: Dropout,
    output: Linear,
}

impl Bigram {
    fn new() -> (Self, Parameters) {
        let mut parameters = Parameters::new();
        let mut init = Init::new(&mut parameters, 1);
        let embedding = Embedding::new(&mut init.child("embedding"), 5, 4);
        let output = Linear::new(&mut init.child("output"), 4, 5);
        (Bigram { embedding, dropout: Dropout::new(0.2, "embedding"), output }, parameters)
    }
}

impl Trainable for Bigram {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        let mut x = self.embedding.forward(cx, batch.inputs.view().into_dyn()); // (B, T, E)
        let mean = x.sum_axis(1).reshape(&[x.shape()[0], 1, 4]).scale(1.0 / x.shape()[1] as Real); // (B, 1, E)
        if let Some(before) = cx.carried("mean") {
            x = &x + &before;
        }
        cx.carry("mean", &mean);
        let x = self.dropout.forward(cx, &x);
        cross_entropy(&self.output.forward(cx, &x), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

pub fn batches() -> SequentialBatches {
    let tokens: Vec<_> = (0..50_u32).map(|i| (i * i + i / 3) % 5).collect();
    SequentialBatches::new(&TextSplit::from_tokens("squares", tokens), 2, 3).unwrap()
}

pub const STEPS: u64 = 12;

fn config() -> TrainingConfig {
    let schedule = Schedule { decay: Decay::Cosine, peak: 0.05, minimum: 0.001, warmup: 3, end: STEPS };
    TrainingConfig {
        clip: Some(0.5),
        accumulation: 2,
        evaluate_every: 5,
        patience: Some(10),
        ..TrainingConfig::new(STEPS, AdamW::default(), schedule)
    }
}

fn held_out(model: &Bigram, parameters: &Parameters) -> Option<f64> {
    Some(f64::from(model.loss(&Context::eval(parameters), &batches().at(1)).item()))
}

fn description() -> Value {
    json!({ "model": "bigram", "tokens": ["a", "ß"] })
}

/// Sets a flag after a step.
struct StopAfter<'a>(u64, &'a AtomicBool);

impl Observer for StopAfter<'_> {
    fn step(&mut self, report: &StepReport) {
        if report.step == self.0 {
            self.1.store(true, Ordering::Relaxed);
        }
    }
}

/// Trains to the end or to `stop_after`, beginning anew or from the checkpoint at `path`.
pub fn train(path: &Path, resume: bool, stop_after: Option<u64>, batches: &impl Batches<Batch = TextBatch>) -> Outcome {
    let (model, parameters) = Bigram::new();
    let mut trainer = if resume {
        let saved = SavedRun::load(path).unwrap();
        assert_eq!(saved.description, description());
        Trainer::resume(&model, parameters, saved).unwrap()
    } else {
        Trainer::new(&model, parameters, config())
    };
    let stop = AtomicBool::new(stop_after == Some(0));
    let mut observer = StopAfter(stop_after.unwrap_or(u64::MAX), &stop);
    let description = description();
    let hooks = Hooks {
        evaluate: Some(&held_out),
        checkpoints: Some(Checkpoints { path, every: Some(4), description: &description }),
        stop: Some(&stop),
        observer: Some(&mut observer),
    };
    trainer.run(batches, hooks).unwrap()
}

/// One number that follows targets.
pub struct Follow(pub ParameterId);

impl Follow {
    pub fn new(start: f64) -> (Self, Parameters) {
        let mut parameters = Parameters::new();
        let id = Init::new(&mut parameters, 1).param("x", &[1], Initializer::Constant(start));
        (Follow(id), parameters)
    }
}

impl Trainable for Follow {
    type Batch = Real;

    fn loss(&self, cx: &Context<'_>, target: &Real) -> Tensor {
        mean_squared_error(&cx.get(self.0), &Tensor::constant(arr1(&[*target])))
    }

    fn targets(&self, _: &Real) -> usize {
        1
    }
}

pub fn descent(steps: u64, rate: f64) -> TrainingConfig {
    TrainingConfig::new(steps, Sgd { momentum: 0.0 }, Schedule::constant(rate))
}

pub fn value(trainer: &Trainer<'_, Follow>) -> Real {
    trainer.parameters().iter().next().unwrap().1.value()[[0]]
}
