//! The training loop, written once for every model.

mod config;
mod error;
mod freed;
mod hooks;
mod progress;
mod saved;
mod unique;
mod validity;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use data::counted;
use tensor::{Carried, Context, GradientSum, Gradients, Parameters, Real};

use crate::{Optimizer, Trainable, Update, clip_factor};

pub use config::TrainingConfig;
pub use error::TrainingError;
pub use freed::keep_freed_memory;
pub use hooks::{Batches, Checkpoints, HeldOutLoss, Hooks, Observer, StepReport};
pub use progress::{Progress, Row};
pub use saved::SavedRun;

/// A model in training.
///
/// A run is a function of (model, first parameters, settings, batches): interrupted at any step and resumed from its
/// checkpoint, it ends with the same bits.
///
/// ```
/// use ndarray::arr1;
/// use nn::{Hooks, Schedule, Sgd, Trainable, Trainer, TrainingConfig, mean_squared_error};
/// use tensor::{Context, Init, Initializer, ParameterId, Parameters, Tensor};
///
/// /// Finds the mean of the batches.
/// struct Mean(ParameterId);
///
/// impl Trainable for Mean {
///     type Batch = Tensor;
///     fn loss(&self, cx: &Context<'_>, batch: &Tensor) -> Tensor {
///         mean_squared_error(&cx.get(self.0), batch)
///     }
///     fn targets(&self, batch: &Tensor) -> usize {
///         batch.value().len()
///     }
/// }
///
/// let mut parameters = Parameters::new();
/// let model = Mean(Init::new(&mut parameters, 1).param("mean", &[1], Initializer::Constant(0.0)));
/// let config = TrainingConfig::new(50, Sgd { momentum: 0.0 }, Schedule::constant(0.25));
/// let mut trainer = Trainer::new(&model, parameters, config);
/// let outcome = trainer.run(&|_index: u64| Tensor::constant(arr1(&[3.0])), Hooks::default())?;
/// assert_eq!(outcome.to_string(), "finished all 50 steps");
/// assert_eq!(trainer.parameters().get(model.0).value()[[0]], 3.0);
/// # Ok::<(), nn::TrainingError>(())
/// ```
pub struct Trainer<'m, M> {
    model: &'m M,
    parameters: Parameters,
    optimizer: Optimizer,
    config: TrainingConfig,
    progress: Progress,
    carried: Carried,
    best: Option<Parameters>,
    /// Whether a step since the start or the resumption has proved that gradients reach every parameter.
    connected: bool,
}

/// Why a run returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// All steps were made.
    Completed,
    /// The held-out loss stopped falling.
    EarlyStopped,
    /// The stop flag was set.
    Interrupted,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Why.
    pub finish: Finish,
    /// The number of updates made.
    pub step: u64,
    /// How many were planned.
    pub steps: u64,
    /// The number of updates after which the held-out loss was lowest.
    pub best_step: u64,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome { finish, step, steps, best_step } = self;
        match finish {
            Finish::Completed if *steps == 1 => write!(f, "finished its only step"),
            Finish::Completed => write!(f, "finished all {steps} steps"),
            Finish::EarlyStopped => {
                write!(f, "stopped after {step} of {steps} steps: the held-out loss was lowest after step {best_step}")
            }
            Finish::Interrupted => {
                write!(f, "interrupted after {step} of {}; resume to go on", counted(*steps as usize, "step"))
            }
        }
    }
}

/// The batches of one step, put together.
struct Accumulated {
    /// The mean over all their targets.
    loss: f64,
    targets: u64,
    /// Those of the loss, but for the factor `scale`.
    gradients: Gradients,
    scale: f64,
    /// What the last batch carries on.
    carried: Carried,
}

impl<'m, M: Trainable> Trainer<'m, M> {
    /// A run that begins with these parameters.
    ///
    /// # Panics
    /// If the settings ask for an accumulation of no batches or an evaluation every 0 steps.
    #[track_caller]
    pub fn new(model: &'m M, parameters: Parameters, config: TrainingConfig) -> Self {
        assert!(config.accumulation > 0 && config.evaluate_every > 0, "accumulation and evaluate_every begin at 1");
        keep_freed_memory();
        Trainer {
            model,
            optimizer: Optimizer::new(config.rule, &parameters),
            parameters,
            config,
            progress: Progress::default(),
            carried: Carried::default(),
            best: None,
            connected: false,
        }
    }

    /// A run that goes on where its checkpoint was written. `parameters` has the model's names and shapes.
    ///
    /// # Errors
    /// [`TrainingError::Checkpoint`] if the checkpoint is of another model.
    pub fn resume(model: &'m M, parameters: Parameters, saved: SavedRun) -> Result<Self, TrainingError> {
        let mut trainer = Trainer::new(model, parameters, saved.config.clone());
        let state = saved.restore_state(&mut trainer.parameters, &mut trainer.optimizer)?;
        (trainer.best, trainer.carried, trainer.progress) = (state.best, state.carried, saved.progress);
        Ok(trainer)
    }

    /// Makes one update and returns what it did.
    ///
    /// # Errors
    /// [`TrainingError::NoGradient`] in the first call; [`TrainingError::NotFinite`]. Nothing has changed then.
    pub fn step(&mut self, batches: &impl Batches<Batch = M::Batch>) -> Result<StepReport, TrainingError> {
        Ok(self.step_unless(None, batches)?.expect("nobody stops it"))
    }

    /// [`step`](Self::step), given up between two batches once it shall stop: nothing has changed then.
    fn step_unless(
        &mut self,
        stop: Option<&AtomicBool>,
        batches: &impl Batches<Batch = M::Batch>,
    ) -> Result<Option<StepReport>, TrainingError> {
        let start = Instant::now();
        let step = self.progress.step;
        let learning_rate = self.config.schedule.at(step);
        let Some(accumulated) = self.accumulate(stop, batches)? else { return Ok(None) };
        let Accumulated { loss, targets, gradients, scale, carried } = accumulated;
        if !self.connected {
            let names: Vec<_> = gradients.missing(&self.parameters).map(str::to_owned).collect();
            if !names.is_empty() {
                return Err(TrainingError::NoGradient { names });
            }
            self.connected = true;
        }
        let norm = self.finite("norm of the gradient", gradients.global_norm() * scale)?;
        let clip = self.config.clip.map_or(1.0, |limit| clip_factor(norm, limit));
        let update = Update { step, learning_rate, scale: clip * scale };
        self.optimizer.update(&mut self.parameters, &gradients, update);
        self.carried = carried;

        let progress = &mut self.progress;
        progress.step += 1;
        progress.add_loss(loss, targets);
        (progress.learning_rate, progress.gradient_norm) = (learning_rate, norm);
        let steps = self.config.steps;
        Ok(Some(StepReport {
            step: step + 1,
            steps,
            loss,
            targets,
            learning_rate,
            gradient_norm: norm,
            duration: start.elapsed(),
        }))
    }

    /// Puts the step's batches together as if they were one.
    ///
    /// A batch of n targets weighs as much as its targets: loss = Σ n·lossᵢ / Σ n, and so its gradient. Weights are
    /// taken relative to the first batch, so that batches of equal size are added up as they are.
    fn accumulate(
        &self,
        stop: Option<&AtomicBool>,
        batches: &impl Batches<Batch = M::Batch>,
    ) -> Result<Option<Accumulated>, TrainingError> {
        let count = self.config.accumulation;
        let (mut targets, mut first) = (0, None);
        let (mut losses, mut weights) = (0.0, 0.0);
        let mut sum = GradientSum::default();
        let mut carried = self.carried.clone();
        for index in self.progress.step * count..(self.progress.step + 1) * count {
            if is_set(stop) {
                return Ok(None);
            }
            if batches.starts_anew(index) {
                carried.clear();
            }
            // Keyed by the batch, not the step: accumulated batches draw masks of their own.
            let cx = Context::train(&self.parameters, self.config.seed, index).carrying(carried);
            let batch = batches.at(index);
            let asked = self.model.targets(&batch);
            let weight = asked as f64 / *first.get_or_insert(asked.max(1)) as f64;
            let loss = self.model.loss(&cx, &batch);
            losses += self.finite("loss", f64::from(loss.item()))? * weight;
            let loss = if weight == 1.0 { loss } else { loss.scale(weight as Real) };
            sum.add(loss.backward());
            (targets, weights) = (targets + asked as u64, weights + weight);
            carried = cx.into_carried();
        }
        // Batches that ask nothing teach nothing: their loss is 0, and so is its gradient.
        let whole = if weights == 0.0 { 1.0 } else { weights };
        let gradients = sum.finish().expect("a step accumulates at least one batch");
        Ok(Some(Accumulated { loss: losses / whole, targets, gradients, scale: 1.0 / whole, carried }))
    }

    /// The value, if it is a number to go on with.
    fn finite(&self, what: &'static str, value: f64) -> Result<f64, TrainingError> {
        if value.is_finite() { Ok(value) } else { Err(self.not_finite(what, value, self.progress.step + 1)) }
    }

    /// What went wrong at a step, counted from 1.
    fn not_finite(&self, what: &'static str, value: f64, step: u64) -> TrainingError {
        let learning_rate = self.config.schedule.at(step - 1);
        TrainingError::NotFinite { what, value, step, learning_rate, checkpoint: None }
    }

    /// Trains until the last step, until the held-out loss no longer falls, or until told to stop.
    ///
    /// # Errors
    /// Any [`TrainingError`]; the last checkpoint is then intact.
    ///
    /// # Panics
    /// If early stopping is on and there is no evaluation.
    #[track_caller]
    pub fn run(
        &mut self,
        batches: &impl Batches<Batch = M::Batch>,
        mut hooks: Hooks<'_, M>,
    ) -> Result<Outcome, TrainingError> {
        assert!(self.config.patience.is_none() || hooks.evaluate.is_some(), "early stopping needs an evaluation");
        let path = hooks.checkpoints.map(|checkpoints| checkpoints.path.to_owned());
        self.loop_until_finished(batches, &mut hooks).map_err(|mut error| {
            if let TrainingError::NotFinite { checkpoint, .. } = &mut error {
                *checkpoint = path;
            }
            error
        })
    }

    fn loop_until_finished(
        &mut self,
        batches: &impl Batches<Batch = M::Batch>,
        hooks: &mut Hooks<'_, M>,
    ) -> Result<Outcome, TrainingError> {
        self.connected = false;
        let mut saved_at = None;
        loop {
            // A row belongs to the step before it, but waits until here: a run stopped in between closes it when resumed.
            let interrupted = is_set(hooks.stop) && self.finish().is_none() || !self.close_row(hooks)?;
            let finish = if interrupted { Some(Finish::Interrupted) } else { self.finish() };
            let step = self.progress.step;
            if let Some(checkpoints) = hooks.checkpoints {
                let due = checkpoints.every.is_some_and(|every| step.is_multiple_of(every.max(1)));
                if saved_at != Some(step) && (saved_at.is_none() || due || finish.is_some()) {
                    self.refuse_spoiled(saved_at.is_some().then_some(batches))?;
                    self.save(hooks)?;
                    saved_at = Some(step);
                }
            }
            if let Some(finish) = finish {
                return Ok(Outcome { finish, step, steps: self.config.steps, best_step: self.progress.best_step });
            }
            let report = self.step_unless(hooks.stop, batches)?;
            if let (Some(observer), Some(report)) = (&mut hooks.observer, &report) {
                observer.step(report);
            }
        }
    }

    /// Closes the row of the last step, if it has one that is not closed yet; false if the
    /// evaluation was given up, and nothing is closed.
    fn close_row(&mut self, hooks: &mut Hooks<'_, M>) -> Result<bool, TrainingError> {
        let step = self.progress.step;
        let due = step.is_multiple_of(self.config.evaluate_every) || step == self.config.steps;
        if !due || !self.progress.has_news() {
            return Ok(true);
        }
        if let (Some(observer), Some(_)) = (&mut hooks.observer, hooks.evaluate) {
            observer.evaluating();
        }
        let loss = match hooks.evaluate.map(|evaluate| evaluate(self.model, &self.parameters)) {
            Some(None) => return Ok(false),
            Some(Some(loss)) if !loss.is_finite() => return Err(self.not_finite("held-out loss", loss, step)),
            Some(loss) => loss,
            None => None,
        };
        let best = self.progress.close_row(loss);
        if best && self.config.patience.is_some() {
            self.best = Some(self.parameters.clone());
        }
        if let (Some(observer), Some(row)) = (&mut hooks.observer, self.progress.history.last()) {
            observer.row(row, best);
        }
        Ok(true)
    }

    fn finish(&self) -> Option<Finish> {
        let patient = self.config.patience.is_none_or(|patience| self.progress.since_best < patience);
        match (self.progress.step >= self.config.steps, patient) {
            (true, _) => Some(Finish::Completed),
            (_, false) => Some(Finish::EarlyStopped),
            _ => None,
        }
    }

    /// Refuses parameters that would take the last good ones' place though they are no numbers, or their loss is none: on
    /// the batch that they have just learned from, unless it is known on held-out data.
    fn refuse_spoiled(&self, learned: Option<&impl Batches<Batch = M::Batch>>) -> Result<(), TrainingError> {
        let step = self.progress.step;
        for (_, parameter) in self.parameters.iter() {
            let broken = parameter.value().iter().find(|value| !value.is_finite());
            if let Some(&value) = broken {
                return Err(self.not_finite("parameters", f64::from(value), step.max(1)));
            }
        }
        // A row is closed with a finite loss only.
        let scored = self.progress.history.last().is_some_and(|row| row.step == step && row.held_out_loss.is_some());
        let Some(batches) = learned.filter(|_| !scored) else { return Ok(()) };
        let batch = batches.at(step * self.config.accumulation - 1);
        let loss = f64::from(self.model.loss(&Context::eval(&self.parameters), &batch).item());
        if loss.is_finite() { Ok(()) } else { Err(self.not_finite("loss", loss, step)) }
    }

    fn save(&self, hooks: &mut Hooks<'_, M>) -> Result<(), TrainingError> {
        let Some(checkpoints) = hooks.checkpoints else { return Ok(()) };
        let Trainer { parameters, optimizer, config, progress, carried, best, .. } = self;
        let (best, description) = (best.as_ref(), checkpoints.description);
        let snapshot = saved::Snapshot { config, progress, description, parameters, best, optimizer, carried };
        snapshot.save(checkpoints.path)?;
        if let Some(observer) = &mut hooks.observer {
            observer.saved(checkpoints.path, progress.step);
        }
        Ok(())
    }

    /// The parameters to use: with early stopping those with the best held-out loss, otherwise the last.
    pub fn parameters(&self) -> &Parameters {
        self.best.as_ref().unwrap_or(&self.parameters)
    }

    /// [`parameters`](Self::parameters), without the trainer.
    pub fn into_parameters(self) -> Parameters {
        self.best.unwrap_or(self.parameters)
    }

    /// How far the run has come.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }
}

fn is_set(stop: Option<&AtomicBool>) -> bool {
    stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
}
