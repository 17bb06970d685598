//! A trained model, trained further.

use std::fs;

use tensor::Checkpoint;

use crate::program::{Place, fails, succeeds, trained, translator};

fn model(place: &Place, run: &str) -> Checkpoint {
    Checkpoint::load(&place.path(run).join("model.safetensors")).unwrap()
}

#[test]
fn a_model_goes_on_from_its_parameters_and_is_left_as_it_was() {
    let place = Place::new();
    let run = trained(&place);
    let read = || fs::read(place.path("run").join("model.safetensors")).unwrap();
    let before = read();
    // With steps this small the parameters of the new model are those that it began with.
    let still = ["--steps", "1", "--lr", "1e-30", "--weight-decay", "0", "--quiet"];
    succeeds(&[&["train", "--from", &run, "--out", &place.at("still")], &still[..]].concat());
    assert_eq!(model(&place, "still").arrays, model(&place, "run").arrays);
    assert_eq!(read(), before);

    let loss = |run: &str| -> f64 {
        let found = succeeds(&["evaluate", "--model", &place.at(run), "--quiet"]);
        found
            .lines()
            .find(|line| line.starts_with("nats per token"))
            .unwrap()
            .split_whitespace()
            .last()
            .unwrap()
            .parse()
            .unwrap()
    };
    succeeds(&["train", "--from", &run, "--out", &place.at("more"), "--steps", "60", "--quiet"]);
    assert!(loss("more") < loss("run") - 0.1);
    succeeds(&["train", "--resume", &place.at("more"), "--quiet"]);
}

#[test]
fn a_model_goes_on_with_another_text_of_its_characters() {
    let place = Place::new();
    let run = trained(&place);
    let other = place.file("other.txt", &data::corpus::BOOK[1000..4000]);
    succeeds(&["train", "--from", &run, "--text", &other, "--out", &place.at("new"), "--steps", "2", "--quiet"]);
    let vocabulary = |run: &str| fs::read(place.path(run).join("tokenizer.json")).unwrap();
    assert_eq!(vocabulary("new"), vocabulary("run"));
    let strange = place.file("strange.txt", "☃ ".repeat(500));
    let said = fails(&["train", "--from", &run, "--text", &strange, "--out", &place.at("none")]);
    assert!(said.contains("strange.txt: the character '☃' (U+2603) at line 1"), "{said}");
    assert!(!place.path("none").exists());
}

#[test]
fn a_translator_goes_on_too() {
    let place = Place::new();
    let run = translator(&place);
    succeeds(&["train", "--from", &run, "--out", &place.at("more"), "--steps", "2", "--sampling", "0.5", "--quiet"]);
    succeeds(&["translate", "--model", &place.at("more"), "one two three", "--quiet"]);
    let said = fails(&["train", "--from", &run, "--score", "dot"]);
    assert!(said.contains("--score additive, and its parameters fit no other"), "{said}");
}

#[test]
fn what_would_be_another_model_is_refused_by_name() {
    let place = Place::new();
    let run = trained(&place);
    for (flags, expected) in [
        (&["--context", "32"][..], "has learned what 16 positions are, so for --context 32 it would need others"),
        (&["--width", "32"], "has --width 16, and its parameters fit no other: leave --width out"),
        (&["--tokens", "bpe"], "has --tokens character, and its parameters fit no other"),
        (&["--cell", "gru"], "gpt has no --cell"),
        (&["--pairs", "pairs.tsv"], "gpt learns from what --text names"),
    ] {
        let said = fails(&[&["train", "--from", &run], flags].concat());
        assert!(said.contains(expected), "{said}");
    }
    assert!(fails(&["train", "lstm", "--from", &run]).contains("holds a run of gpt, not of lstm"));
    assert!(fails(&["train", "--from", &place.at("nowhere")]).contains("there is no model in"));
    assert!(fails(&["train", "--from", &run, "--out", &run]).contains("holds another run, which was left alone"));
}
