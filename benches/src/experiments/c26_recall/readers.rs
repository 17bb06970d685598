//! The models that C26 asks, and how they are trained: every stage with about as many parameters.

use std::{cell::Cell, collections::VecDeque, ops::ControlFlow};

use data::{
    TextBatch,
    pairs::PairBatch,
    tasks::{AssociativeRecall, TokenTask},
};
use nn::{LanguageModel, StepReport, Trainable, Trainer, Translator, metrics};
use serde::{Deserialize, Serialize};
use stages::{AnyStage, ModelConfig, Sizes, Stage, TranslatorConfig, TranslatorSizes, TranslatorStage};
use tensor::{Context, Parameters, Real, shared};

use super::Recalling;
use crate::study::{
    grid::Trial,
    parallel::Reporter,
    training::{self, Recipe},
};

/// Questions in a batch, about.
pub const QUESTIONS: usize = 64;

/// Questions that a model is judged on, for each number of pairs.
pub const JUDGED: usize = 1024;

/// H of the recurrent translators.
const TRANSLATOR_WIDTH: usize = 32;

/// The mean loss of some batches in a row at which a number of pairs counts as learned: more pairs follow.
pub const LEARNED: f64 = 0.3;
const IN_A_ROW: usize = 20;

/// A stage and what of its size is chosen; parameters decide the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reader {
    pub stage: AnyStage,
    pub layers: usize,
    /// H, where the stage is recurrent.
    pub width: usize,
}

enum Config {
    Language(ModelConfig),
    Translation(TranslatorConfig),
}

impl Reader {
    /// Every stage; recurrent language models with each of the widths, from narrow to wide, gpt with one layer and with two.
    pub fn all(widths: &[usize]) -> Vec<Self> {
        let of = |stage: AnyStage| match stage {
            AnyStage::Language(Stage::Gpt) => [1, 2].map(|layers| Reader { stage, layers, width: 0 }).to_vec(),
            AnyStage::Language(_) => widths.iter().map(|&width| Reader { stage, layers: 1, width }).collect(),
            AnyStage::Translation(_) => vec![Reader { stage, layers: 1, width: TRANSLATOR_WIDTH }],
        };
        AnyStage::all().iter().flat_map(|&stage| of(stage)).collect()
    }

    /// As a legend names it.
    pub fn name(self) -> String {
        match self.state() {
            Some(numbers) => format!("{}, state of {numbers}", self.stage),
            None => format!("{}, {}", self.stage, report::format::counted(self.layers, "layer")),
        }
    }

    /// How many numbers carry all that was read; none where they grow with what was read.
    pub fn state(self) -> Option<usize> {
        match self.stage {
            AnyStage::Language(Stage::Rnn | Stage::Gru) => Some(self.width),
            AnyStage::Language(Stage::Lstm) | AnyStage::Translation(TranslatorStage::Seq2Seq) => Some(2 * self.width),
            AnyStage::Language(Stage::Gpt) | AnyStage::Translation(_) => None,
        }
    }

    /// The configuration that comes closest to the parameters of GPT with two layers.
    fn config(self, recalling: &Recalling) -> Config {
        let task = recalling.largest();
        let gpt = Reader { stage: Stage::Gpt.into(), layers: 2, width: 0 };
        let wanted = gpt.sized(task, recalling.gpt_width).parameters();
        let sizes = (1..=task.vocabulary_size()).map(|size| self.sized(task, size));
        sizes.min_by_key(|config| config.parameters().abs_diff(wanted)).expect("there are tokens")
    }

    /// A recurrent stage keeps its width, and `size` is that of its embedding; of other stages it is the width.
    fn sized(self, task: AssociativeRecall, size: usize) -> Config {
        let (Reader { layers, .. }, vocabulary) = (self, task.vocabulary_size());
        let [width, embedding] = if self.stage.about().recurrent { [self.width, size] } else { [size; 2] };
        match self.stage {
            AnyStage::Language(stage) => {
                let sizes = Sizes::new(vocabulary, task.length(), width);
                Config::Language(stage.configure(Sizes { layers, embedding, heads: 1, ..sizes }))
            }
            AnyStage::Translation(stage) => {
                let sizes = TranslatorSizes::new(vocabulary, vocabulary, width);
                Config::Translation(stage.configure(TranslatorSizes { layers, embedding, heads: 1, ..sizes }))
            }
        }
    }

    pub fn parameters(self, recalling: &Recalling) -> u128 {
        self.config(recalling).parameters()
    }
}

impl Config {
    fn parameters(&self) -> u128 {
        match self {
            Config::Language(config) => config.parameter_count(),
            Config::Translation(config) => config.parameter_count(),
        }
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

pub fn train(recalling: &Recalling, trial: &Trial<Reader>, reporter: &Reporter) -> anyhow::Result<Recalled> {
    let rows = |task: AssociativeRecall, questions: usize| questions.div_ceil(task.pairs);
    match trial.case.config(recalling) {
        Config::Language(config) => {
            let (model, mut parameters) = config.build(trial.seed)?;
            if let ModelConfig::Gpt(config) = &config {
                widen(&mut parameters, config.block.width);
            }
            let batch = |task: AssociativeRecall, questions, seed, step| task.batch(rows(task, questions), seed, step);
            let right = |cx: &Context<'_>, batch: &TextBatch| {
                metrics::accuracy(model.logits(cx, batch.inputs.view()).value(), batch.targets.view().into_dyn())
            };
            learn(recalling, trial, &model, parameters, batch, right, reporter)
        }
        Config::Translation(config) => {
            let (model, parameters) = config.build(trial.seed)?;
            let batch =
                |task: AssociativeRecall, questions, seed, step| task.pair_batch(rows(task, questions), seed, step);
            let right = |cx: &Context<'_>, batch: &PairBatch| {
                metrics::accuracy(model.logits(cx, batch).value(), batch.targets.view().into_dyn())
            };
            learn(recalling, trial, &model, parameters, batch, right, reporter)
        }
    }
}

/// GPT-2's weights begin with a standard deviation of 0.02, which is that of 1/√D for a width of 2,500. In a narrow model
/// they are so small that attention hardly begins; here they begin with 1/√D, as those of the other stages do.
fn widen(parameters: &mut Parameters, width: usize) {
    let factor = (1.0 / (0.02 * (width as f64).sqrt())) as Real;
    let tables: Vec<_> = parameters.iter().filter(|(_, parameter)| parameter.value().ndim() > 1).collect();
    for (id, value) in tables.into_iter().map(|(id, table)| (id, table.value() * factor)).collect::<Vec<_>>() {
        parameters.set(id, shared(value));
    }
}

/// One pair first, and twice as many as soon as they are learned, in turn with fewer; in the last quarter of the training
/// all numbers of pairs in turn. So every model spends its steps on what it can nearly do.
fn learn<M: Trainable>(
    recalling: &Recalling,
    trial: &Trial<Reader>,
    model: &M,
    parameters: Parameters,
    batch: impl Fn(AssociativeRecall, usize, u64, u64) -> M::Batch,
    right: impl Fn(&Context<'_>, &M::Batch) -> Option<f64>,
    reporter: &Reporter,
) -> anyhow::Result<Recalled> {
    let Trial { seed, steps, learning_rate, .. } = *trial;
    let (tasks, known) = (recalling.trained(), Cell::new(1));
    let task = |step: u64| {
        let turn = step as usize;
        if step >= 3 * steps / 4 {
            tasks[turn % tasks.len()]
        } else {
            tasks[known.get() - 1 - turn % known.get().min(3)]
        }
    };
    let batches = |step: u64| batch(task(step), QUESTIONS, seed, step);
    let mut recent = VecDeque::new();
    let look = |report: &StepReport, _: &Parameters| {
        if task(report.step - 1) == tasks[known.get() - 1] {
            recent.push_back(report.loss);
        }
        if recent.len() > IN_A_ROW {
            recent.pop_front();
        }
        let learned = recent.len() == IN_A_ROW && recent.iter().sum::<f64>() / IN_A_ROW as f64 <= LEARNED;
        if learned && known.get() < tasks.len() {
            known.set(known.get() + 1);
            recent.clear();
        }
        ControlFlow::Continue(())
    };
    let trainer = Trainer::new(model, parameters, Recipe::cosine(seed, steps, learning_rate).config());
    let parameters = training::follow(trainer, &batches, || 3 * QUESTIONS as u64, reporter, look)?;
    let cx = Context::eval(&parameters);
    let asked = recalling.asked();
    let judged: Vec<M::Batch> = asked.map(|task| batch(task, JUDGED, !seed, 0)).collect();
    let loss = judged.iter().map(|batch| f64::from(model.loss(&cx, batch).item())).sum::<f64>() / judged.len() as f64;
    Ok(Recalled { right: judged.iter().map(|batch| right(&cx, batch).unwrap_or(f64::NAN)).collect(), loss })
}
