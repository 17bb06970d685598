//! A run that was stopped, or died, or found no better parameters.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use data::{SequentialBatches, TextBatch};
use nn::{Batches, Checkpoints, Finish, Hooks, Observer, Outcome, Row, SavedRun, Trainer, TrainingConfig};
use serde_json::Value;
use tensor::Parameters;

use crate::models::{Follow, STEPS, batches, descent, train, value};

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
