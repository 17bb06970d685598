//! The trainings of C2: seven initialisations of three cells, on tasks that ask for memory alone.

use std::ops::ControlFlow;

use data::{
    TextBatch,
    tasks::{Adding, Recall, TokenTask},
};
use lstm::{Gru, GruInit, Lstm, LstmInit};
use nn::{Adam, Schedule, StepReport, Trainable, Trainer, TrainingConfig};
use rnn::{
    Classifier, ClassifierConfig, Elman, ElmanOptions, Nonlinearity, Recurrence, Recurrent, Regressor, SequenceBatch,
    StackedConfig, gradient_norms, hidden_gradients,
};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Parameters};

use crate::study::{
    grid::{Score, Study, Trial},
    parallel::Reporter,
    training,
};

/// K, the symbols to recall, and as many distractors.
pub const SYMBOLS: usize = 8;
/// H of the LSTM; the other cells get the width that brings them closest to its number of parameters.
const LSTM_WIDTH: usize = 32;
/// E.
const EMBEDDING: usize = 16;
/// B.
pub const BATCH: usize = 32;
/// The largest norm of a gradient.
pub const CLIP: f64 = 1.0;
/// The held-out errors at which a training may stop: the part of wrong answers, and the squared error of a sum.
pub const WRONG_ANSWERS: f64 = 0.005;
pub const SUM_ERROR: f64 = 0.002;
/// Rows that a training is watched on, every so many steps, and rows that its end is judged on.
const WATCHED: usize = 512;
const WATCH: u64 = 50;
pub const JUDGED: usize = 2048;
/// Gaps that a trained cell is asked over, whatever gap it was trained with, and the rows of each.
pub const RETENTION: [usize; 3] = [30, 100, 300];
pub const RETENTION_ROWS: usize = 512;

/// A cell and its initialisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Elman's network as PyTorch initialises it.
    TanhUniform,
    /// The same with an orthogonal recurrent matrix.
    TanhOrthogonal,
    ReluIdentity,
    LstmBias,
    /// Forget gates for every time span up to the length of the sequence.
    LstmChrono,
    GruUniform,
    /// Update gates for every time span up to the length of the sequence.
    GruChrono,
}

impl Variant {
    /// All, in the order of history.
    pub const ALL: [Variant; 7] = [
        Variant::TanhUniform,
        Variant::TanhOrthogonal,
        Variant::ReluIdentity,
        Variant::LstmBias,
        Variant::LstmChrono,
        Variant::GruUniform,
        Variant::GruChrono,
    ];
    pub const RNN: &[Variant] = &[Variant::TanhUniform, Variant::TanhOrthogonal, Variant::ReluIdentity];
    pub const LSTM: &[Variant] = &[Variant::LstmBias, Variant::LstmChrono];
    pub const GRU: &[Variant] = &[Variant::GruUniform, Variant::GruChrono];

    pub fn name(self) -> &'static str {
        match self {
            Variant::TanhUniform => "RNN, tanh, uniform start",
            Variant::TanhOrthogonal => "RNN, tanh, orthogonal start",
            Variant::ReluIdentity => "RNN, ReLU, identity start",
            Variant::LstmBias => "LSTM, forget bias 1",
            Variant::LstmChrono => "LSTM, chrono start",
            Variant::GruUniform => "GRU, uniform start",
            Variant::GruChrono => "GRU, chrono start",
        }
    }

    /// H and the number of parameters of a model for `task`.
    pub fn size(self, task: Task) -> (usize, usize) {
        let count = |width| match self {
            Variant::TanhUniform | Variant::TanhOrthogonal | Variant::ReluIdentity => task.count::<Elman>(width),
            Variant::LstmBias | Variant::LstmChrono => task.count::<Lstm>(width),
            Variant::GruUniform | Variant::GruChrono => task.count::<Gru>(width),
        };
        let wanted = task.count::<Lstm>(LSTM_WIDTH);
        let widths = (1..4 * LSTM_WIDTH).map(|width| (width, count(width)));
        widths.min_by_key(|(_, count)| count.abs_diff(wanted)).unwrap_or((LSTM_WIDTH, wanted))
    }
}

/// A question about something that was read long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Which of the [`SYMBOLS`] came before a gap of so many distractors?
    Recall { gap: usize },
    /// What is the sum of the two marked numbers among so many?
    Adding { length: usize },
}

impl Task {
    /// What makes it hard: the number of distractors, or of numbers.
    pub fn gap(self) -> usize {
        let (Task::Recall { gap } | Task::Adding { length: gap }) = self;
        gap
    }

    pub fn is_recall(self) -> bool {
        matches!(self, Task::Recall { .. })
    }

    /// T.
    fn length(self) -> usize {
        match self {
            Task::Recall { gap } => recall(gap).length(),
            Task::Adding { length } => length,
        }
    }

    fn count<R: Recurrent<Options: Default>>(self, width: usize) -> usize {
        let mut parameters = Parameters::new();
        let init = &mut Init::new(&mut parameters, 0);
        match self {
            Task::Recall { gap } => drop(Classifier::<R>::new(init, classifier(gap, width, R::Options::default()))),
            Task::Adding { .. } => drop(Regressor::<R>::new(init, StackedConfig::new(2, width), 1)),
        }
        parameters.count()
    }
}

fn recall(gap: usize) -> Recall {
    Recall { symbols: SYMBOLS, distractors: SYMBOLS, gap }
}

fn classifier<O: Default>(gap: usize, width: usize, options: O) -> ClassifierConfig<O> {
    let layers = StackedConfig { layer: options, ..StackedConfig::new(EMBEDDING, width) };
    ClassifierConfig { vocabulary: recall(gap).vocabulary_size(), classes: SYMBOLS, layers }
}

/// A variant on a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    pub task: Task,
    pub variant: Variant,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// On held-out rows: the part of wrong answers to recall, the mean squared error of sums. Infinite if it diverged.
    pub error: f64,
    /// Steps made; fewer than allowed if the goal was reached before.
    pub steps: u64,
    pub reached: bool,
    /// Of recall: the norm of d loss / d h_t for every t, before the first step and after the last.
    pub gradients: [Vec<f64>; 2],
    /// Of recall: the accuracy over each of the gaps of [`RETENTION`] after the training; 0 where it diverged.
    pub retained: [f64; RETENTION.len()],
}

impl Outcome {
    /// Of recall; 0 where the training diverged.
    pub fn accuracy(&self) -> f64 {
        if self.error == f64::INFINITY { 0.0 } else { 1.0 - self.error }
    }
}

/// How much memory each variant's cell has, in at most so many steps.
pub struct Remembering {
    pub steps: u64,
}

impl Study for Remembering {
    type Case = Case;
    type Outcome = Outcome;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2];

    fn steps(&self, _: &Case) -> u64 {
        self.steps
    }

    /// Who reached the goal is better, the sooner the better, or else whose error is smaller.
    fn search(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Score> {
        let Outcome { error, steps, reached, .. } = self.train(trial, reporter)?;
        Ok(Score(if reached { steps as f64 } else { f64::INFINITY }, error))
    }

    fn train(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Outcome> {
        let rnn = |nonlinearity, recurrence| train::<Elman>(trial, ElmanOptions { nonlinearity, recurrence }, reporter);
        let lstm = |init| train::<Lstm>(trial, init, reporter);
        let gru = |init| train::<Gru>(trial, init, reporter);
        let horizon = trial.case.task.length().max(3) as f64;
        Ok(match trial.case.variant {
            Variant::TanhUniform => rnn(Nonlinearity::Tanh, Recurrence::Uniform),
            Variant::TanhOrthogonal => rnn(Nonlinearity::Tanh, Recurrence::Orthogonal),
            Variant::ReluIdentity => rnn(Nonlinearity::Relu, Recurrence::Identity),
            Variant::LstmBias => lstm(LstmInit::ForgetBias),
            Variant::LstmChrono => lstm(LstmInit::Chrono { horizon }),
            Variant::GruUniform => gru(GruInit::Uniform),
            Variant::GruChrono => gru(GruInit::Chrono { horizon }),
        })
    }
}

fn train<C: Recurrent<Options: Default>>(trial: &Trial<Case>, options: C::Options, reporter: &Reporter) -> Outcome {
    let Trial { case: Case { task, variant }, seed, .. } = *trial;
    let (width, _) = variant.size(task);
    let mut parameters = Parameters::new();
    let init = &mut Init::new(&mut parameters, seed);
    match task {
        Task::Recall { gap } => {
            let model = Classifier::<C>::new(init, classifier(gap, width, options));
            let probed = recall(gap).batch(BATCH, !seed, 2);
            let norms = |parameters: &Parameters| {
                let loss = |cx: &Context<'_>, probe| model.probed_loss(cx, &probed, &[probe]);
                gradient_norms(&hidden_gradients(parameters, (BATCH, task.length(), width), loss))
            };
            let before = norms(&parameters);
            let batch = |rows, seed, step| recall(gap).batch(rows, seed, step);
            let error = |parameters: &Parameters, batch: &TextBatch| 1.0 - model.accuracy(parameters, batch);
            let (outcome, trained) = learn(trial, &model, parameters, batch, error, reporter);
            let after = trained.as_ref().map(norms).unwrap_or_default();
            let retained = trained.map(|parameters| {
                RETENTION.map(|gap| model.accuracy(&parameters, &recall(gap).batch(RETENTION_ROWS, !seed, 3)))
            });
            Outcome { gradients: [before, after], retained: retained.unwrap_or_default(), ..outcome }
        }
        Task::Adding { length } => {
            let layers = StackedConfig { layer: options, ..StackedConfig::new(2, width) };
            let model = Regressor::<C>::new(init, layers, 1);
            let batch = |rows, seed, step| SequenceBatch::from(Adding { length }.batch(rows, seed, step));
            let error = |parameters: &Parameters, batch: &SequenceBatch| {
                f64::from(model.loss(&Context::eval(parameters), batch).item())
            };
            learn(trial, &model, parameters, batch, error, reporter).0
        }
    }
}

/// The training itself, the same for everyone: it ends after its steps, or when the goal was met on two looks at
/// the held-out rows in a row. One that diverges has failed, and has no parameters.
fn learn<M: Trainable>(
    trial: &Trial<Case>,
    model: &M,
    parameters: Parameters,
    batch: impl Fn(usize, u64, u64) -> M::Batch,
    error: impl Fn(&Parameters, &M::Batch) -> f64,
    reporter: &Reporter,
) -> (Outcome, Option<Parameters>) {
    let Trial { case: Case { task, .. }, learning_rate, seed, steps } = *trial;
    let goal = if task.is_recall() { WRONG_ANSWERS } else { SUM_ERROR };
    // Rows of another seed are not trained on.
    let [watched, judged] = [(WATCHED, 0), (JUDGED, 1)].map(|(rows, step)| batch(rows, !seed, step));
    let schedule = Schedule::constant(learning_rate);
    let config = TrainingConfig { clip: Some(CLIP), ..TrainingConfig::new(steps, Adam::default(), schedule) };
    let trainer = Trainer::new(model, parameters, config);
    let (mut step, mut met) = (0, 0);
    let look = |report: &StepReport, parameters: &Parameters| {
        step = report.step;
        if step.is_multiple_of(WATCH) {
            met = if error(parameters, &watched) <= goal { met + 1 } else { 0 };
        }
        if met == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let batches = |step| batch(BATCH, seed, step);
    let trained = training::follow(trainer, &batches, || (BATCH * task.length()) as u64, reporter, look).ok();
    let error = trained.as_ref().map_or(f64::NAN, |parameters| error(parameters, &judged));
    let failed = error.is_nan();
    let outcome = Outcome {
        error: if failed { f64::INFINITY } else { error },
        steps: step,
        reached: met == 2 && !failed,
        gradients: Default::default(),
        retained: Default::default(),
    };
    (outcome, trained.filter(|_| !failed))
}
