//! Folders that version 0.1.0 wrote before it wrote hashes can be used as before, with a note.

use std::fs;
use std::path::Path;

use crate::program::{Place, copy, lineage, steps_saved, succeeds};

const FOLDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/folders");

/// What the program prints, and what it says beside.
#[track_caller]
fn runs(arguments: &[&str]) -> [String; 2] {
    let output = lineage(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    [output.stdout, output.stderr].map(|stream| String::from_utf8(stream).unwrap())
}

#[test]
fn models_of_every_stage_answer() {
    for stage in ["rnn", "lstm", "gru", "gpt", "seq2seq", "attention", "transformer"] {
        let [text, pairs] = ["text.txt", "pairs.tsv"].map(|file| format!("{FOLDERS}/{file}"));
        for run in [format!("{FOLDERS}/{stage}"), format!("{FOLDERS}/{stage}-stopped")] {
            let ask: &[&[&str]] = match stage {
                "rnn" | "lstm" | "gru" | "gpt" => &[
                    &["evaluate", "--model", &run, "--text", &text],
                    &["generate", "--model", &run, "--prompt", "a bad cab", "--tokens", "5"],
                ],
                _ => &[
                    &["evaluate", "--model", &run, "--pairs", &pairs, "--split", "all"],
                    &["translate", "--model", &run, "one two six"],
                ],
            };
            for ask in ask {
                let [said, beside] = runs(ask);
                assert!(!said.is_empty());
                let note = format!("the model in {run} is of an earlier version, which wrote no hashes");
                assert!(beside.contains(&note), "{beside}");
            }
        }
    }
}

/// From then on their files are bound.
#[test]
fn runs_of_every_stage_go_on() {
    let place = Place::new();
    for stage in ["rnn", "lstm", "gru", "gpt", "seq2seq", "attention", "transformer"] {
        for (name, steps) in [(stage.to_owned(), 2), (format!("{stage}-stopped"), 1000)] {
            let run = place.at(&name);
            copy(&Path::new(FOLDERS).join(&name), Path::new(&run));
            let data = if ["rnn", "lstm", "gru", "gpt"].contains(&stage) {
                ["--text", &format!("{FOLDERS}/text.txt")].map(str::to_owned)
            } else {
                ["--pairs", &format!("{FOLDERS}/pairs.tsv")].map(str::to_owned)
            };
            let [_, beside] = runs(&["train", "--resume", &run, &data[0], &data[1]]);
            let note = format!(
                "the run in {run} began with another version of lineage (an earlier one, which wrote no hashes) and goes \
                 on with "
            );
            assert!(beside.contains(&note), "{beside}");
            assert_eq!(steps_saved(Path::new(&run)), Some(steps));
            // The place of the data is remembered.
            let [_, beside] = runs(&["evaluate", "--model", &run]);
            assert!(!beside.contains("hashes"), "{beside}");
            if steps == 2 {
                let [old, new] = [Path::new(FOLDERS), Path::new(&place.at(""))].map(|folder| {
                    tensor::Checkpoint::load(&folder.join(&name).join("model.safetensors")).unwrap().arrays
                });
                assert_eq!(old, new, "{stage}: a run that has ended is written again as it was");
            }
        }
    }
    let config = fs::read_to_string(place.path("gpt/config.json")).unwrap();
    assert!(!config.contains("version"), "the version it began with stays unknown");
    succeeds(&["evaluate", "--model", &place.at("gpt")]);
}
