//! The trainings of C26: every model is given more pairs as soon as it has learned fewer.

use std::{cell::Cell, iter, ops::ControlFlow};

use data::{
    TextBatch,
    pairs::PairBatch,
    tasks::{AssociativeRecall, TokenTask},
};
use nn::{LanguageModel, StepReport, Trainable, Trainer, Translator, metrics};
use serde::{Deserialize, Serialize};
use stages::{AnyConfig, ModelConfig};
use tensor::{Context, Parameters, Real, shared};

use super::readers::Reader;
use crate::study::{
    grid::{Score, Study, Trial},
    parallel::Reporter,
    training::{self, Recipe},
};

/// The fewest pairs that are asked for.
pub const FEW: usize = 4;
/// Questions in a batch, about.
pub const QUESTIONS: usize = 64;
/// Questions that a model is judged on, for each number of pairs.
pub const JUDGED: usize = 1024;
/// The mean loss of some batches in a row at which a number of pairs counts as learned: more pairs follow.
pub const LEARNED: f64 = 0.3;
const IN_A_ROW: usize = 20;

/// What every reader is trained on and asked for.
pub struct Recalling {
    /// Pairs 1, 2, 4 .. up to the most, with twice as many keys and values.
    tasks: Vec<AssociativeRecall>,
    /// D of the GPT with two layers, whose number of parameters the others come closest to.
    pub gpt_width: usize,
    pub steps: u64,
}

impl Recalling {
    pub fn new(most: usize, gpt_width: usize, steps: u64) -> Self {
        let pairs = iter::successors(Some(1), |pairs| Some(2 * pairs)).take_while(|pairs| *pairs <= most);
        let tasks = pairs.map(|pairs| AssociativeRecall { pairs, symbols: 2 * pairs }).collect();
        Self { tasks, gpt_width, steps }
    }

    pub fn asked(&self) -> &[AssociativeRecall] {
        &self.tasks[self.tasks.partition_point(|task| task.pairs < FEW)..]
    }

    pub fn largest(&self) -> AssociativeRecall {
        self.tasks[self.tasks.len() - 1]
    }
}

/// What a trained model recalls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recalled {
    /// The share of right answers for each number of pairs that is asked.
    pub right: Vec<f64>,
    /// The mean loss over these numbers, in nats.
    pub loss: f64,
}

impl Recalled {
    /// Over all numbers of pairs.
    pub fn mean(&self) -> f64 {
        self.right.iter().sum::<f64>() / self.right.len() as f64
    }
}

impl Study for Recalling {
    type Case = Reader;
    type Outcome = Recalled;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2];

    fn steps(&self, _: &Reader) -> u64 {
        self.steps
    }

    fn search(&self, trial: &Trial<Reader>, reporter: &Reporter) -> anyhow::Result<Score> {
        Ok(Score(self.train(trial, reporter)?.loss, 0.0))
    }

    fn train(&self, trial: &Trial<Reader>, reporter: &Reporter) -> anyhow::Result<Recalled> {
        match trial.case.config(self.largest(), self.gpt_width) {
            AnyConfig::Language(config) => {
                let (model, mut parameters) = config.build(trial.seed)?;
                if let ModelConfig::Gpt(config) = &config {
                    widen(&mut parameters, config.block.width);
                }
                let right = |cx: &Context<'_>, batch: &TextBatch| {
                    metrics::accuracy(model.logits(cx, batch.inputs.view()).value(), batch.targets.view().into_dyn())
                };
                self.learn(trial, &model, parameters, AssociativeRecall::batch, right, reporter)
            }
            AnyConfig::Translation(config) => {
                let (model, parameters) = config.build(trial.seed)?;
                let right = |cx: &Context<'_>, batch: &PairBatch| {
                    metrics::accuracy(model.logits(cx, batch).value(), batch.targets.view().into_dyn())
                };
                self.learn(trial, &model, parameters, AssociativeRecall::pair_batch, right, reporter)
            }
        }
    }
}

/// GPT-2's weights begin with a standard deviation of 0.02, which is that of 1/√D for a width of 2,500. In a narrow model
/// they are so small that attention hardly begins; here they begin with 1/√D, as those of the other stages do.
fn widen(parameters: &mut Parameters, width: usize) {
    let factor = (1.0 / (0.02 * (width as f64).sqrt())) as Real;
    let tables = parameters.iter().filter(|(_, parameter)| parameter.value().ndim() > 1);
    let wider: Vec<_> = tables.map(|(id, table)| (id, table.value() * factor)).collect();
    wider.into_iter().for_each(|(id, table)| parameters.set(id, shared(table)));
}

impl Recalling {
    /// One pair first, and twice as many as soon as they are learned, in turn with fewer; in the last quarter of the training
    /// all numbers of pairs in turn. So every model spends its steps on what it can nearly do.
    fn learn<M: Trainable>(
        &self,
        trial: &Trial<Reader>,
        model: &M,
        parameters: Parameters,
        rows: fn(&AssociativeRecall, usize, u64, u64) -> M::Batch,
        right: impl Fn(&Context<'_>, &M::Batch) -> Option<f64>,
        reporter: &Reporter,
    ) -> anyhow::Result<Recalled> {
        let Trial { seed, steps, learning_rate, .. } = *trial;
        let (tasks, known) = (&self.tasks, Cell::new(1));
        let task = |step: u64| {
            let turn = step as usize;
            if step >= 3 * steps / 4 {
                tasks[turn % tasks.len()]
            } else {
                tasks[known.get() - 1 - turn % known.get().min(3)]
            }
        };
        let batch = |task: AssociativeRecall, questions: usize, seed, step| {
            rows(&task, questions.div_ceil(task.pairs), seed, step)
        };
        let mut losses = Vec::new();
        let look = |report: &StepReport, _: &Parameters| {
            if task(report.step - 1) == tasks[known.get() - 1] {
                losses.push(report.loss);
            }
            let recent = losses.last_chunk::<IN_A_ROW>();
            let learned = recent.is_some_and(|recent| recent.iter().sum::<f64>() / IN_A_ROW as f64 <= LEARNED);
            if learned && known.get() < tasks.len() {
                known.set(known.get() + 1);
                losses.clear();
            }
            ControlFlow::Continue(())
        };
        let batches = |step: u64| batch(task(step), QUESTIONS, seed, step);
        let trainer = Trainer::new(model, parameters, Recipe::cosine(seed, steps, learning_rate).config());
        let parameters = training::follow(trainer, &batches, || 3 * QUESTIONS as u64, reporter, look)?;
        let cx = Context::eval(&parameters);
        let judged: Vec<M::Batch> = self.asked().iter().map(|&task| batch(task, JUDGED, !seed, 0)).collect();
        let loss = judged.iter().map(|batch| f64::from(model.loss(&cx, batch).item()));
        let loss = loss.sum::<f64>() / judged.len() as f64;
        Ok(Recalled { right: judged.iter().map(|batch| right(&cx, batch).unwrap_or(f64::NAN)).collect(), loss })
    }
}
