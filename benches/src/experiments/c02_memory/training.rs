//! The trainings of C2: seven beginnings of three cells, on tasks that ask for memory alone.

use std::ops::ControlFlow;

use data::tasks::{Adding, Recall, TokenTask};
use lstm::{Gru, GruInit, Lstm, LstmInit};
use nn::{Adam, Schedule, StepReport, Trainable, Trainer, TrainingConfig};
use rnn::{
    Classifier, ClassifierConfig, Elman, ElmanOptions, Nonlinearity, Recurrence, Recurrent, Regressor, SequenceBatch,
    StackedConfig, gradient_norms, hidden_gradients,
};
use tensor::{Context, Init, Parameters};

use serde::{Deserialize, Serialize};

use crate::study::{grid::Trial, parallel::Reporter, training};

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

/// The part of wrong answers at which a training may stop, and the squared error of a sum.
pub const WRONG_ANSWERS: f64 = 0.005;
pub const SUM_ERROR: f64 = 0.002;

/// Rows that a training is watched on, and rows that its end is judged on.
const HELD_OUT: [usize; 2] = [512, JUDGED];
pub const JUDGED: usize = 2048;

/// Gaps that a trained cell is asked over, whatever gap it was trained with, and the rows of each.
pub const RETENTION: [usize; 3] = [30, 100, 300];
pub const RETENTION_ROWS: usize = 512;

/// Steps between two looks at the held-out rows.
const WATCH: u64 = 50;

/// A cell and how its parameters begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Elman's network as PyTorch begins it.
    TanhUniform,
    /// The same with an orthogonal recurrent matrix.
    TanhOrthogonal,
    /// Rectified, with the identity as recurrent matrix.
    ReluIdentity,
    /// A forget bias of 1.
    LstmBias,
    /// Forget gates for every time span up to the length of the sequence.
    LstmChrono,
    GruUniform,
    /// Update gates for every time span up to the length of the sequence.
    GruChrono,
}

/// What a variant is, whatever its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Rnn,
    Lstm,
    Gru,
}

/// A cell with its options, for sequences of a known length.
enum Cell {
    Rnn(ElmanOptions),
    Lstm(LstmInit),
    Gru(GruInit),
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

    pub fn name(self) -> &'static str {
        match self {
            Variant::TanhUniform => "rnn tanh, uniform",
            Variant::TanhOrthogonal => "rnn tanh, orthogonal",
            Variant::ReluIdentity => "rnn relu, identity",
            Variant::LstmBias => "lstm, forget bias 1",
            Variant::LstmChrono => "lstm, chrono",
            Variant::GruUniform => "gru, uniform",
            Variant::GruChrono => "gru, chrono",
        }
    }

    pub fn family(self) -> Family {
        match self {
            Variant::TanhUniform | Variant::TanhOrthogonal | Variant::ReluIdentity => Family::Rnn,
            Variant::LstmBias | Variant::LstmChrono => Family::Lstm,
            Variant::GruUniform | Variant::GruChrono => Family::Gru,
        }
    }

    fn cell(self, steps: usize) -> Cell {
        let rnn = |nonlinearity, recurrence| Cell::Rnn(ElmanOptions { nonlinearity, recurrence });
        let horizon = steps.max(3) as f64;
        match self {
            Variant::TanhUniform => rnn(Nonlinearity::Tanh, Recurrence::Uniform),
            Variant::TanhOrthogonal => rnn(Nonlinearity::Tanh, Recurrence::Orthogonal),
            Variant::ReluIdentity => rnn(Nonlinearity::Relu, Recurrence::Identity),
            Variant::LstmBias => Cell::Lstm(LstmInit::ForgetBias),
            Variant::LstmChrono => Cell::Lstm(LstmInit::Chrono { horizon }),
            Variant::GruUniform => Cell::Gru(GruInit::Uniform),
            Variant::GruChrono => Cell::Gru(GruInit::Chrono { horizon }),
        }
    }

    /// H and the number of parameters of a model for `task`.
    pub fn size(self, task: Task) -> (usize, usize) {
        let count = |family, width| match family {
            Family::Rnn => task.count::<Elman>(width),
            Family::Lstm => task.count::<Lstm>(width),
            Family::Gru => task.count::<Gru>(width),
        };
        let wanted = count(Family::Lstm, LSTM_WIDTH);
        let widths = (1..4 * LSTM_WIDTH).map(|width| (width, count(self.family(), width)));
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
    /// T.
    pub fn steps(self) -> usize {
        match self {
            Task::Recall { .. } => self.recall().length(),
            Task::Adding { length } => length,
        }
    }

    /// The held-out error at which a training may stop: wrong answers, or the squared error of the sum.
    pub fn goal(self) -> f64 {
        match self {
            Task::Recall { .. } => WRONG_ANSWERS,
            Task::Adding { .. } => SUM_ERROR,
        }
    }

    /// What makes it hard: the number of distractors, or of numbers.
    pub fn gap(self) -> usize {
        let (Task::Recall { gap } | Task::Adding { length: gap }) = self;
        gap
    }

    pub fn is_recall(self) -> bool {
        matches!(self, Task::Recall { .. })
    }

    fn recall(self) -> Recall {
        Recall { symbols: SYMBOLS, distractors: SYMBOLS, gap: self.gap() }
    }

    fn classifier<O: Default>(self, width: usize, options: O) -> ClassifierConfig<O> {
        let layers = StackedConfig { layer: options, ..StackedConfig::new(EMBEDDING, width) };
        ClassifierConfig { vocabulary: self.recall().vocabulary_size(), classes: SYMBOLS, layers }
    }

    fn count<R: Recurrent<Options: Default>>(self, width: usize) -> usize {
        let mut parameters = Parameters::new();
        let init = &mut Init::new(&mut parameters, 0);
        match self {
            Task::Recall { .. } => drop(Classifier::<R>::new(init, self.classifier(width, R::Options::default()))),
            Task::Adding { .. } => drop(Regressor::<R>::new(init, StackedConfig::new(2, width), 1)),
        }
        parameters.count()
    }
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
    /// The norm of d loss / d h_t for every t, before the first step and after the last.
    pub gradients: [Vec<f64>; 2],
    /// The accuracy over each of the gaps of [`RETENTION`] after the training; none of sums, or where it diverged.
    pub retained: Vec<f64>,
}

impl Outcome {
    /// Of recall; 0 where the training diverged.
    pub fn accuracy(&self) -> f64 {
        if self.error == f64::INFINITY { 0.0 } else { 1.0 - self.error }
    }

    /// Over one of the gaps of [`RETENTION`]; 0 where the training diverged.
    pub fn retained(&self, gap: usize) -> f64 {
        self.retained.get(gap).copied().unwrap_or(0.0)
    }
}

pub fn train(trial: &Trial<Case>, reporter: &Reporter) -> Outcome {
    let Case { task, variant } = trial.case;
    match variant.cell(task.steps()) {
        Cell::Rnn(options) => train_cell::<Elman>(trial, options, reporter),
        Cell::Lstm(options) => train_cell::<Lstm>(trial, options, reporter),
        Cell::Gru(options) => train_cell::<Gru>(trial, options, reporter),
    }
}

fn train_cell<C: Recurrent<Options: Default>>(
    trial: &Trial<Case>,
    options: C::Options,
    reporter: &Reporter,
) -> Outcome {
    let (Case { task, variant }, seed) = (trial.case, trial.seed);
    let (width, _) = variant.size(task);
    let mut parameters = Parameters::new();
    let init = &mut Init::new(&mut parameters, seed);
    let shape = (BATCH, task.steps(), width);
    match task {
        Task::Recall { .. } => {
            let model = Classifier::<C>::new(init, task.classifier(width, options));
            let recall = task.recall();
            let gradients = |parameters: &Parameters| {
                let batch = recall.batch(BATCH, held_out(seed), 2);
                hidden_gradients(parameters, shape, |cx, probe| model.probed_loss(cx, &batch, &[probe]))
            };
            let (mut outcome, trained) = learn(
                trial,
                &model,
                parameters,
                |rows, seed, step| recall.batch(rows, seed, step),
                |parameters, batch| 1.0 - model.accuracy(parameters, batch),
                |parameters| gradient_norms(&gradients(parameters)),
                reporter,
            );
            if let Some(parameters) = trained {
                let rows = |gap| Task::Recall { gap }.recall().batch(RETENTION_ROWS, held_out(seed), 3);
                outcome.retained = RETENTION.map(|gap| model.accuracy(&parameters, &rows(gap))).to_vec();
            }
            outcome
        }
        Task::Adding { length } => {
            let layers = StackedConfig { layer: options, ..StackedConfig::new(2, width) };
            let model = Regressor::<C>::new(init, layers, 1);
            let batch = |rows, seed, step| SequenceBatch::from(Adding { length }.batch(rows, seed, step));
            let gradients = |parameters: &Parameters| {
                let batch = batch(BATCH, held_out(seed), 2);
                hidden_gradients(parameters, shape, |cx, probe| model.probed_loss(cx, &batch, &[probe]))
            };
            learn(
                trial,
                &model,
                parameters,
                batch,
                |parameters, batch| f64::from(model.loss(&Context::eval(parameters), batch).item()),
                |parameters| gradient_norms(&gradients(parameters)),
                reporter,
            )
            .0
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
    gradients: impl Fn(&Parameters) -> Vec<f64>,
    reporter: &Reporter,
) -> (Outcome, Option<Parameters>) {
    let Trial { case: Case { task, .. }, learning_rate, seed, steps } = *trial;
    let before = gradients(&parameters);
    let schedule = Schedule::constant(learning_rate);
    let config = TrainingConfig { clip: Some(CLIP), ..TrainingConfig::new(steps, Adam::default(), schedule) };
    let trainer = Trainer::new(model, parameters, config);
    let batches = |step| batch(BATCH, seed, step);
    let [watched, judged] = [0, 1].map(|i| batch(HELD_OUT[i], held_out(seed), i as u64));
    let (mut step, mut met) = (0, 0);
    let look = |report: &StepReport, parameters: &Parameters| {
        step = report.step;
        if step.is_multiple_of(WATCH) {
            met = if error(parameters, &watched) <= task.goal() { met + 1 } else { 0 };
        }
        if met == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let trained = training::follow(trainer, &batches, || (BATCH * task.steps()) as u64, reporter, look);
    let Ok(parameters) = trained else { return (diverged(step, before), None) };
    let error = error(&parameters, &judged);
    if error.is_nan() {
        return (diverged(step, before), None);
    }
    let gradients = [before, gradients(&parameters)];
    (Outcome { error, steps: step, reached: met == 2, gradients, retained: Vec::new() }, Some(parameters))
}

fn diverged(steps: u64, before: Vec<f64>) -> Outcome {
    Outcome { error: f64::INFINITY, steps, reached: false, gradients: [before, Vec::new()], retained: Vec::new() }
}

/// The seed of rows that are not trained on.
fn held_out(seed: u64) -> u64 {
    !seed
}
