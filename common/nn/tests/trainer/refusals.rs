//! What stops a run: numbers that are none, parameters without a gradient, files of something else.

use std::fs;

use nn::{Checkpoints, Hooks, SavedRun, Trainable, Trainer, TrainingError};
use serde_json::{Value, json};
use tensor::{Context, Init, Initializer, ParameterId, Real, Tensor};

use crate::models::{Follow, batches, descent, train, value};

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
            "the loss became NaN at step 6 (learning rate 2.5e-1): training diverged; go back to {}, which is intact, \
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
    assert!(matches!(error, TrainingError::NotFinite { what: "loss", step: 1, .. }), "{error}");
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
    assert!(matches!(error, TrainingError::NotFinite { what: "norm of the gradient", step: 1, .. }), "{error}");
    assert_eq!(trainer.parameters().get(id).value()[[0]], 0.0);
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
