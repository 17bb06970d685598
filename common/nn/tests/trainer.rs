//! What a run keeps: its numbers when interrupted, its parameters when something goes wrong.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use data::{SequentialBatches, TextBatch, TextSplit};
use ndarray::{Array1, arr1};
use nn::{
    AdamW, Batches, Checkpoints, Decay, Dropout, Embedding, Finish, Hooks, Linear, Observer, Outcome, Row, SavedRun,
    Schedule, Sgd, StepReport, Trainable, Trainer, TrainingConfig, TrainingError, cross_entropy, mean_squared_error,
};
use serde_json::{Value, json};
use tensor::{Context, Init, Initializer, ParameterId, Parameters, Real, Tensor};

/// A bigram model with everything a run must keep: dropout, and a mean of embeddings that one batch hands to the next.
struct Bigram {
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

fn batches() -> SequentialBatches {
    let tokens: Vec<_> = (0..50_u32).map(|i| (i * i + i / 3) % 5).collect();
    SequentialBatches::new(&TextSplit::from_tokens("squares", tokens), 2, 3).unwrap()
}

const STEPS: u64 = 12;

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
fn train(path: &Path, resume: bool, stop_after: Option<u64>, batches: &impl Batches<Batch = TextBatch>) -> Outcome {
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

#[test]
fn a_run_interrupted_after_any_step_and_resumed_leaves_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    assert_eq!(train(&whole, false, None, &batches()).finish, Finish::Completed);
    let saved = SavedRun::load(&whole).unwrap();
    assert_eq!(saved.progress.history.iter().map(|row| row.step).collect::<Vec<_>>(), [5, 10, 12]);
    assert!(saved.progress.history[2].training_loss < saved.progress.history[0].training_loss);

    for step in 0..STEPS {
        let path = folder.path().join(format!("interrupted.{step}"));
        let outcome = train(&path, false, Some(step), &batches());
        let said = format!("interrupted after {step} of 12 steps; resume to go on");
        assert_eq!((outcome.finish, outcome.to_string()), (Finish::Interrupted, said));
        assert_eq!(train(&path, true, None, &batches()).finish, Finish::Completed);
        assert!(fs::read(&path).unwrap() == fs::read(&whole).unwrap(), "interrupted after step {step}");
    }
    // Told to stop in the last step, a run has nothing left to interrupt.
    let path = folder.path().join("last");
    assert_eq!(train(&path, false, Some(STEPS), &batches()).finish, Finish::Completed);
    assert!(fs::read(&path).unwrap() == fs::read(&whole).unwrap());
    // A finished run that is resumed stays as it is.
    assert_eq!(train(&path, true, None, &batches()).to_string(), "finished all 12 steps");
    assert!(fs::read(&path).unwrap() == fs::read(&whole).unwrap());
}

/// Batches that end the run without warning.
struct Crash {
    at: u64,
    batches: SequentialBatches,
}

impl Batches for Crash {
    type Batch = TextBatch;

    fn at(&self, index: u64) -> TextBatch {
        assert_ne!(index, self.at, "the machine stopped");
        self.batches.at(index)
    }

    fn starts_anew(&self, index: u64) -> bool {
        self.batches.starts_anew(index)
    }
}

#[test]
fn a_run_that_died_in_any_batch_goes_on_from_its_last_checkpoint_to_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    train(&whole, false, None, &batches());
    for at in 0..2 * STEPS {
        let path = folder.path().join(format!("died.{at}"));
        let crash = Crash { at, batches: batches() };
        assert!(catch_unwind(AssertUnwindSafe(|| train(&path, false, None, &crash))).is_err());
        assert_eq!(SavedRun::load(&path).unwrap().progress.step, at / 2 / 4 * 4);
        train(&path, true, None, &batches());
        assert!(fs::read(&path).unwrap() == fs::read(&whole).unwrap(), "died in batch {at}");
    }
}

/// One number that follows targets.
struct Follow(ParameterId);

impl Follow {
    fn new(start: f64) -> (Self, Parameters) {
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

fn descent(steps: u64, rate: f64) -> TrainingConfig {
    TrainingConfig::new(steps, Sgd { momentum: 0.0 }, Schedule::constant(rate))
}

fn value(trainer: &Trainer<'_, Follow>) -> Real {
    trainer.parameters().iter().next().unwrap().1.value()[[0]]
}

#[test]
fn a_parameter_that_no_gradient_reaches_stops_the_first_step_of_every_run() {
    let (model, mut parameters) = Follow::new(1.0);
    let mut init = Init::new(&mut parameters, 1);
    init.child("forgotten").param("weight", &[2, 2], Initializer::Constant(1.0));
    init.child("forgotten").param("bias", &[2], Initializer::Constant(1.0));
    init.child("frozen").param("bias", &[2], Initializer::Constant(1.0));
    parameters.freeze("frozen", true);
    let mut trainer = Trainer::new(&model, parameters, descent(3, 0.25));
    for _ in 0..2 {
        let error = trainer.run(&|_: u64| 3.0, Hooks::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no gradient reached forgotten.weight, forgotten.bias in the first step, so training would leave it as it is: \
             use it in the loss or freeze it"
        );
        assert_eq!((value(&trainer), trainer.progress().step), (1.0, 0));
    }
}

#[test]
fn a_loss_that_is_no_number_changes_nothing_and_leaves_the_last_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let (model, parameters) = Follow::new(1.0);
    let mut trainer = Trainer::new(&model, parameters, descent(9, 0.25));
    let checkpoints = Some(Checkpoints { path: &path, every: Some(2), description: &Value::Null });
    let batches = |index: u64| if index == 5 { Real::NAN } else { 3.0 };
    let error = trainer.run(&batches, Hooks { checkpoints, ..Hooks::default() }).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the loss became NaN at step 5 (learning rate 2.5e-1): training diverged; go back to {}, which is intact, \
             and lower the learning rate, lengthen the warm-up or clip the gradients",
            path.display()
        )
    );
    assert_eq!((value(&trainer), trainer.progress().step), (3.0 - 2.0 / 32.0, 5)); // five halvings of the distance
    let saved = SavedRun::load(&path).unwrap();
    assert_eq!(saved.progress.step, 4);
    let (_, mut parameters) = Follow::new(0.0);
    saved.restore_parameters(&mut parameters).unwrap();
    assert_eq!(parameters.get(model.0).value()[[0]], 3.0 - 2.0 / 16.0);
}

/// A loss that is no number below 0: ln x.
struct Cliff(ParameterId);

impl Trainable for Cliff {
    type Batch = ();

    fn loss(&self, cx: &Context<'_>, _: &()) -> Tensor {
        cx.get(self.0).ln().sum()
    }

    fn targets(&self, _: &()) -> usize {
        1
    }
}

/// The update leaves finite parameters: their loss is asked for before they take the place of those before.
#[test]
fn a_checkpoint_that_scores_no_number_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let (Follow(id), parameters) = Follow::new(1.0);
    let model = Cliff(id);
    let mut trainer = Trainer::new(&model, parameters, descent(9, 2.0));
    let checkpoints = Some(Checkpoints { path: &path, every: Some(1), description: &Value::Null });
    let error = trainer.run(&|_: u64| (), Hooks { checkpoints, ..Hooks::default() }).unwrap_err();
    assert!(matches!(error, TrainingError::NotFinite { what: "loss", step: 0, .. }), "{error}");
    assert_eq!(trainer.parameters().get(id).value()[[0]], -1.0);
    let saved = SavedRun::load(&path).unwrap();
    let (_, mut parameters) = Follow::new(0.0);
    saved.restore_parameters(&mut parameters).unwrap();
    assert_eq!((saved.progress.step, parameters.get(id).value()[[0]]), (0, 1.0));
}

/// Wherever the numbers of a run come from, no run has these.
#[test]
fn numbers_that_no_run_has_are_refused_when_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    train(&path, false, Some(11), &batches());
    let whole = tensor::Checkpoint::load(&path).unwrap();
    let metadata: Value = serde_json::from_str(&whole.metadata).unwrap();
    for (place, value, reason) in [
        ("/config/accumulation", json!(0), "accumulation is 0 and must be at least 1"),
        ("/config/evaluate_every", json!(0), "evaluate_every is 0 and must be at least 1"),
        ("/config/clip", json!(-1.0), "clip is -1 and must be above 0"),
        ("/config/schedule/peak", json!(-1.0), "schedule.peak is -1 and must be at least 0"),
        ("/config/rule/adamw/beta2", json!(1.0), "beta2 is 1 and must be from 0 to below 1"),
        ("/config/steps", json!(1_u64 << 63), "9223372036854775808 steps of 2 batches are more than can be counted"),
        ("/progress/step", json!(13), "step is 13 of 12"),
        ("/progress/history/1/step", json!(5), "its history has a row of step 5 behind one of 5, of 11"),
        ("/progress/history/0/gradient_norm", json!(-1.0), "gradient_norm is -1 and must be at least 0"),
    ] {
        let mut changed = metadata.clone();
        *changed.pointer_mut(place).unwrap() = value;
        tensor::Checkpoint { metadata: changed.to_string(), ..whole.clone() }.save(&path).unwrap();
        let expected = format!(
            "{} cannot be used, since {reason}: it was changed or damaged; restore a copy of it, or begin a new run",
            path.display()
        );
        assert_eq!(SavedRun::load(&path).unwrap_err().to_string(), expected);
    }
    for place in ["/progress/best_step", "/progress/since_best", "/progress/best_loss"] {
        let mut changed = metadata.clone();
        *changed.pointer_mut(place).unwrap() = json!(7);
        tensor::Checkpoint { metadata: changed.to_string(), ..whole.clone() }.save(&path).unwrap();
        let said = SavedRun::load(&path).unwrap_err().to_string();
        assert!(said.contains("cannot be used, since its best loss, step and evaluations since are "), "{said}");
    }
}

/// A finite loss with an infinite slope: √x at 0.
struct Steep(ParameterId);

impl Trainable for Steep {
    type Batch = ();

    fn loss(&self, cx: &Context<'_>, _: &()) -> Tensor {
        cx.get(self.0).sqrt().sum()
    }

    fn targets(&self, _: &()) -> usize {
        1
    }
}

#[test]
fn a_gradient_that_is_infinite_is_refused_too() {
    let (Follow(id), parameters) = Follow::new(0.0);
    let model = Steep(id);
    let mut trainer = Trainer::new(&model, parameters, descent(9, 0.25));
    let error = trainer.step(&|_: u64| ()).unwrap_err();
    assert!(matches!(error, TrainingError::NotFinite { what: "norm of the gradient", step: 0, .. }), "{error}");
    assert_eq!(trainer.parameters().get(id).value()[[0]], 0.0);
}

#[test]
fn early_stopping_hands_out_the_best_parameters_also_after_resuming() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let (model, parameters) = Follow::new(1.0);
    let config = TrainingConfig { evaluate_every: 1, patience: Some(2), ..descent(100, 0.25) };
    let mut trainer = Trainer::new(&model, parameters, config);
    // On held-out data the best place is 2.7: training passes it on its way from 1 to 3.
    let evaluate =
        |model: &Follow, parameters: &Parameters| Some(f64::from(parameters.get(model.0).value()[[0]] - 2.7).powi(2));
    let mut rows = Rows::default();
    let hooks = Hooks {
        evaluate: Some(&evaluate),
        checkpoints: Some(Checkpoints { path: &path, every: None, description: &Value::Null }),
        observer: Some(&mut rows),
        ..Hooks::default()
    };
    let outcome = trainer.run(&|_: u64| 3.0, hooks).unwrap();
    // 2, 2.5, 2.75 (best), 2.875, 2.9375
    assert_eq!(outcome, Outcome { finish: Finish::EarlyStopped, step: 5, steps: 100, best_step: 3 });
    assert_eq!(outcome.to_string(), "stopped after 5 of 100 steps: the held-out loss was lowest after step 3");
    assert_eq!(rows.0, [(1, true), (2, true), (3, true), (4, false), (5, false)]);
    assert_eq!(value(&trainer), 2.75);

    let (_, parameters) = Follow::new(0.0);
    let mut resumed = Trainer::resume(&model, parameters, SavedRun::load(&path).unwrap()).unwrap();
    assert_eq!(resumed.run(&|_: u64| 3.0, Hooks { evaluate: Some(&evaluate), ..Hooks::default() }).unwrap(), outcome);
    assert_eq!(value(&resumed), 2.75);
    let (_, mut parameters) = Follow::new(0.0);
    SavedRun::load(&path).unwrap().restore_parameters(&mut parameters).unwrap();
    assert_eq!(parameters.get(model.0).value()[[0]], 2.75);
}

#[derive(Default)]
struct Rows(Vec<(u64, bool)>);

impl Observer for Rows {
    fn row(&mut self, row: &Row, best: bool) {
        self.0.push((row.step, best));
    }
}

#[test]
fn accumulated_batches_weigh_like_one_large_batch() {
    let run = |accumulation, target: &dyn Fn(u64) -> Real| {
        let (model, parameters) = Follow::new(0.0);
        let mut trainer = Trainer::new(&model, parameters, TrainingConfig { accumulation, ..descent(1, 0.5) });
        let report = trainer.step(&|index: u64| target(index)).unwrap();
        (value(&trainer), report.loss, report.gradient_norm)
    };
    // d/dx of the mean of (x - 1)², .., (x - 4)² at 0 is -5; their mean is 7.5.
    assert_eq!(run(4, &|index| index as Real + 1.0), (2.5, 7.5, 5.0));
    assert_eq!(run(1, &|_| 2.5), (2.5, 6.25, 5.0));
}

/// One number that follows the mean of all targets of its batches.
struct Mean(ParameterId);

impl Trainable for Mean {
    type Batch = Vec<Real>;

    fn loss(&self, cx: &Context<'_>, targets: &Vec<Real>) -> Tensor {
        let errors = &cx.get(self.0) - &Tensor::constant(Array1::from(targets.clone()));
        (&errors * &errors).sum().scale(1.0 / targets.len().max(1) as Real)
    }

    fn targets(&self, targets: &Vec<Real>) -> usize {
        targets.len()
    }
}

#[test]
fn a_batch_weighs_as_much_as_its_targets_in_the_update_and_in_the_losses_shown() {
    let run = |accumulation, batches: &[&[Real]]| {
        let (Follow(id), parameters) = Follow::new(0.0);
        let steps = batches.len() as u64 / accumulation;
        let config = TrainingConfig { accumulation, evaluate_every: steps, ..descent(steps, 0.0) };
        let model = Mean(id);
        let mut trainer = Trainer::new(&model, parameters, config);
        trainer.run(&|index: u64| batches[index as usize].to_vec(), Hooks::default()).unwrap();
        let Row { training_loss, gradient_norm, .. } = trainer.progress().history[0];
        (training_loss, gradient_norm)
    };
    // Squares of 1, 2, 3, 4, 10: their mean is 26, and -8 the gradient of it at 0.
    let whole = (26.0, 8.0);
    assert_eq!(run(1, &[&[1.0, 2.0, 3.0, 4.0, 10.0]]), whole);
    assert_eq!(run(2, &[&[1.0, 2.0, 3.0, 4.0], &[10.0]]), whole);
    assert_eq!(run(3, &[&[], &[1.0], &[2.0, 3.0, 4.0, 10.0]]), whole);
    assert_eq!(run(2, &[&[], &[]]), (0.0, 0.0));
    // A row of the history is over two steps here.
    assert_eq!(run(1, &[&[1.0, 2.0, 3.0, 4.0], &[10.0]]).0, 26.0);
}

/// How much of a number dropout leaves.
struct Share(ParameterId, Dropout);

impl Trainable for Share {
    type Batch = ();

    fn loss(&self, cx: &Context<'_>, _: &()) -> Tensor {
        let different = Array1::from_shape_fn(512, |i| (i as Real).sqrt());
        let copies = &cx.get(self.0) * &Tensor::constant(different);
        self.1.forward(cx, &copies).sum()
    }

    fn targets(&self, _: &()) -> usize {
        1
    }
}

#[test]
fn every_batch_draws_dropout_masks_of_its_own_also_an_accumulated_one() {
    let losses = |accumulation, steps| {
        let (Follow(id), parameters) = Follow::new(1.0);
        let model = Share(id, Dropout::new(0.5, "share"));
        let mut trainer = Trainer::new(&model, parameters, TrainingConfig { accumulation, ..descent(steps, 0.0) });
        (0..steps).map(|_| trainer.step(&|_: u64| ()).unwrap().loss).collect::<Vec<_>>()
    };
    let single = losses(1, 4);
    assert!((1..4).all(|i| single[i] != single[i - 1]), "{single:?}");
    assert_eq!(losses(2, 2), [(single[0] + single[1]) / 2.0, (single[2] + single[3]) / 2.0]);
}

#[test]
fn clipping_shortens_the_step_and_reports_the_norm_before() {
    let (model, parameters) = Follow::new(0.0);
    let mut trainer = Trainer::new(&model, parameters, TrainingConfig { clip: Some(2.0), ..descent(2, 0.25) });
    let report = trainer.step(&|_: u64| 8.0).unwrap();
    assert_eq!(report.gradient_norm, 16.0);
    assert!((value(&trainer) - 0.5).abs() < 1e-6); // 0.25 · 2
    let report = trainer.step(&|_: u64| 1.0).unwrap();
    assert!((report.gradient_norm - 1.0).abs() < 1e-6);
    assert!((value(&trainer) - 0.75).abs() < 1e-6); // 0.25 · 1, unclipped
}

/// Hands the index of its batch on and reports what it was handed.
struct Relay(ParameterId);

impl Trainable for Relay {
    type Batch = u64;

    fn loss(&self, cx: &Context<'_>, index: &u64) -> Tensor {
        let handed = cx.carried("index").map_or(-1.0, |x| x.item());
        cx.carry("index", &Tensor::constant(arr1(&[*index as Real])));
        &cx.get(self.0).sum().scale(0.0) + &Tensor::constant(Array1::from_elem(1, handed)).sum()
    }

    fn targets(&self, _: &u64) -> usize {
        1
    }
}

#[test]
fn what_a_batch_carries_on_reaches_the_next_unless_that_starts_anew() {
    struct Streams;
    impl Batches for Streams {
        type Batch = u64;
        fn at(&self, index: u64) -> u64 {
            index
        }
        fn starts_anew(&self, index: u64) -> bool {
            index.is_multiple_of(3)
        }
    }
    let (Follow(id), parameters) = Follow::new(0.0);
    let model = Relay(id);
    let mut trainer = Trainer::new(&model, parameters.clone(), descent(9, 0.0));
    let losses: Vec<_> = (0..7).map(|_| trainer.step(&Streams).unwrap().loss).collect();
    assert_eq!(losses, [-1.0, 0.0, 1.0, -1.0, 3.0, 4.0, -1.0]);
    let mut trainer = Trainer::new(&model, parameters, descent(9, 0.0));
    let losses: Vec<_> = (0..3).map(|_| trainer.step(&|index: u64| index).unwrap().loss).collect();
    assert_eq!(losses, [-1.0; 3]);
}

#[test]
fn a_checkpoint_that_cannot_be_written_is_found_before_the_first_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("checkpoint.safetensors");
    let (model, parameters) = Follow::new(1.0);
    let mut trainer = Trainer::new(&model, parameters, descent(3, 0.25));
    let checkpoints = Some(Checkpoints { path: &path, every: None, description: &Value::Null });
    let error = trainer.run(&|_: u64| 3.0, Hooks { checkpoints, ..Hooks::default() }).unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot write {}", path.display())), "{error}");
    assert_eq!(trainer.progress().step, 0);
}

#[test]
fn files_that_are_not_this_run_are_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let (_, parameters) = Follow::new(1.0);

    let mut model_file = tensor::Checkpoint::default();
    model_file.insert_parameters("", &parameters);
    model_file.save(&path).unwrap();
    let error = SavedRun::load(&path).unwrap_err().to_string();
    let begin = format!("{} is not the checkpoint of a training run (", path.display());
    assert!(
        error.starts_with(&begin) && error.ends_with("give a file that training wrote, named checkpoint.safetensors")
    );

    train(&path, false, Some(2), &batches());
    let (other, parameters) = Follow::new(1.0);
    let error = Trainer::resume(&other, parameters, SavedRun::load(&path).unwrap()).err().unwrap().to_string();
    assert!(error.contains("holds another model: x is missing, embedding.weight is not in the model"), "{error}");

    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let error = SavedRun::load(&path).unwrap_err().to_string();
    assert!(error.contains("is not a complete safetensors file"), "{error}");
}

#[test]
fn the_history_is_a_table() {
    let (model, parameters) = Follow::new(1.0);
    let mut trainer = Trainer::new(&model, parameters, TrainingConfig { evaluate_every: 2, ..descent(3, 0.25) });
    trainer.run(&|_: u64| 3.0, Hooks::default()).unwrap();
    // Losses 4, 1, 1/4; gradients -4, -2, -1.
    assert_eq!(
        trainer.progress().metrics_csv(),
        "step,training_loss,held_out_loss,learning_rate,gradient_norm\n2,2.5,,0.25,2\n3,0.25,,0.25,1\n"
    );
}

#[test]
fn one_seed_gives_the_same_bits_on_any_number_of_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut parameters = Parameters::new();
            let mut init = Init::new(&mut parameters, 1);
            let embedding = Embedding::new(&mut init.child("embedding"), 500, 400);
            let output = Linear::new(&mut init.child("output"), 400, 500);
            let dropout = Dropout::new(0.1, "embedding");
            let model = Wide { embedding, dropout, output };
            let config = TrainingConfig {
                clip: Some(0.1),
                ..TrainingConfig::new(3, AdamW::default(), Schedule::constant(1e-3))
            };
            let mut trainer = Trainer::new(&model, parameters, config);
            let batch = |index: u64| Array1::from_shape_fn(64, |i| (i as u32 * 7 + index as u32) % 500);
            trainer.run(&batch, Hooks::default()).unwrap();
            let bits = |x: &Real| x.to_bits();
            trainer
                .parameters()
                .iter()
                .flat_map(|(_, p)| p.value().iter().map(bits).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        })
    };
    let one = run(1);
    assert!(one == run(2) && one == run(4));
}

/// Large enough for several threads.
struct Wide {
    embedding: Embedding,
    dropout: Dropout,
    output: Linear,
}

impl Trainable for Wide {
    type Batch = Array1<u32>;

    fn loss(&self, cx: &Context<'_>, tokens: &Array1<u32>) -> Tensor {
        let x = self.dropout.forward(cx, &self.embedding.forward(cx, tokens.view().into_dyn()));
        cross_entropy(&self.output.forward(cx, &x), tokens.view().into_dyn())
    }

    fn targets(&self, tokens: &Array1<u32>) -> usize {
        tokens.len()
    }
}
