//! Folders of models and runs that cannot be used, and what stands in the way of new ones.

use std::fs;
use std::path::Path;

use crate::program::{Place, fails, succeeds, tiny, trained};

#[test]
fn a_folder_without_a_model() {
    let place = Place::new();
    let folder = place.at("nothing");
    let expected =
        format!("there is no model in {folder}: it has no config.json; give the folder that `lineage train` wrote");
    assert_eq!(fails(&["evaluate", "--model", &folder]), expected);
    let expected =
        format!("there is no run in {folder}: it has no checkpoint.safetensors; give the folder that training wrote");
    assert_eq!(fails(&["train", "--resume", &folder]), expected);
}

#[test]
fn a_truncated_checkpoint() {
    let place = Place::new();
    let run = trained(&place);
    let cut = |file: &str| {
        let path = Path::new(&run).join(file);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        path.display().to_string()
    };
    let (checkpoint, model) = (cut("checkpoint.safetensors"), cut("model.safetensors"));
    let damaged = |path: &str, said: String, again: &str| {
        assert!(said.starts_with(&format!("{path} is not a complete safetensors file (")), "{said}");
        let way_out = format!("): it was cut short or is something else; use another checkpoint{again}");
        assert!(said.ends_with(&way_out), "{said}");
    };
    let generate = ["generate", "--model", &run, "--prompt", "a"];
    damaged(&checkpoint, fails(&["train", "--resume", &run]), "");
    let from_checkpoint = format!(", or write it from the checkpoint by `lineage train --resume {run}`");
    damaged(&model, fails(&generate), &from_checkpoint);
    fs::remove_file(&checkpoint).unwrap();
    damaged(&model, fails(&generate), ", or train again, since there is no checkpoint beside it");
}

#[test]
fn a_checkpoint_that_is_no_run() {
    let place = Place::new();
    let run = trained(&place);
    let checkpoint = Path::new(&run).join("checkpoint.safetensors");
    fs::copy(Path::new(&run).join("model.safetensors"), &checkpoint).unwrap();
    let said = fails(&["train", "--resume", &run]);
    assert!(said.starts_with(&format!("{} is not the checkpoint of a training run (", checkpoint.display())), "{said}");
    assert!(said.ends_with("): give a file that training wrote, named checkpoint.safetensors"), "{said}");
}

#[test]
fn a_model_of_another_stage() {
    let place = Place::new();
    let (run, text, other) = (trained(&place), place.text(), place.at("other"));
    succeeds(
        &[&["train", "rnn", "--text", &text, "--out", &other, "--steps", "1", "--quiet"], &tiny("rnn")[..]].concat(),
    );
    let model = Path::new(&run).join("model.safetensors");
    fs::copy(Path::new(&other).join("model.safetensors"), &model).unwrap();
    let said = fails(&["evaluate", "--model", &run, "--text", &text]);
    let expected = format!("{} holds another model: wte.weight is missing, wpe.weight is missing, ", model.display());
    assert!(said.starts_with(&expected), "{said}");
    assert!(said.ends_with("; use the checkpoint with the configuration it was trained with"), "{said}");
}

#[test]
fn a_model_with_a_wrong_shape() {
    let place = Place::new();
    let run = trained(&place);
    let path = Path::new(&run).join("model.safetensors");
    let mut model = tensor::Checkpoint::load(&path).unwrap();
    let gain = tensor::shared(ndarray::Array1::ones(17));
    model.arrays.insert("ln_f.weight".into(), gain);
    model.save(&path).unwrap();
    let expected = format!(
        "{} holds another model: ln_f.weight has shape [17] where the model has [16]; use the checkpoint with the \
         configuration it was trained with",
        path.display()
    );
    assert_eq!(fails(&["evaluate", "--model", &run]), expected);
}

#[test]
fn a_configuration_that_was_changed_by_hand() {
    let place = Place::new();
    let run = trained(&place);
    let path = Path::new(&run).join("config.json");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(&path, config.replace("\"heads\": 2", "\"heads\": 3")).unwrap();
    let said = fails(&["evaluate", "--model", &run]);
    let expected = "a width of 16 cannot be divided among 3 heads; restore the file or train again";
    assert_eq!(said, format!("{}: {expected}", path.display()));
    fs::write(&path, "{}").unwrap();
    let expected = format!(
        "{} was not written by this version of lineage (missing field `model` at line 1 column 2): restore it, or train again",
        path.display()
    );
    assert_eq!(fails(&["evaluate", "--model", &run]), expected);
}

#[test]
fn a_tokenizer_of_another_model() {
    let place = Place::new();
    let run = trained(&place);
    let path = Path::new(&run).join("tokenizer.json");
    fs::write(&path, r#"{"tokenizer":"character","characters":"abc"}"#).unwrap();
    let expected = format!(
        "{} has 3 tokens where the model has 62: it belongs to another model; restore the file or train again",
        path.display()
    );
    assert_eq!(fails(&["generate", "--model", &run, "--prompt", "a"]), expected);
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let place = Place::new();
    let (text, file) = (place.text(), place.file("file", "not a folder"));
    let out = format!("{file}/run");
    let said = fails(&["train", "gpt", "--text", &text, "--out", &out]);
    assert!(said.starts_with(&format!("{out} cannot be made a folder: ")), "{said}");
    assert!(said.ends_with("; choose another with --out"), "{said}");
}

#[test]
fn an_output_folder_that_holds_something_already() {
    let place = Place::new();
    let (text, run) = (place.text(), trained(&place));
    let before = fs::read(Path::new(&run).join("checkpoint.safetensors")).unwrap();
    let expected = format!(
        "{run} holds another run, which was left alone: go on with it by --resume {run}, or choose another folder with --out"
    );
    assert_eq!(fails(&["train", "gpt", "--text", &text, "--out", &run]), expected);
    assert_eq!(fs::read(Path::new(&run).join("checkpoint.safetensors")).unwrap(), before);

    let folder = place.at("");
    let expected =
        format!("{folder} is not empty and holds no run, so it was left alone: choose another folder with --out");
    assert_eq!(fails(&["train", "gpt", "--text", &text, "--out", &folder]), expected);
}

/// Two programs that train in one folder would write each other's files.
#[test]
fn a_run_that_another_program_trains() {
    let place = Place::new();
    let run = trained(&place);
    let lock = fs::File::open(Path::new(&run).join(".lock")).unwrap();
    lock.lock().unwrap();
    let said = fails(&["train", "--resume", &run]);
    assert_eq!(said, format!("another lineage trains in {run}: wait until it has ended, or choose another folder"));
}
