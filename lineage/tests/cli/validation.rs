//! Runs that are judged by a file of their own, or by another part than a tenth.

use std::fs;
use std::path::Path;

use data::corpus::BOOK;

use crate::program::{Place, fails, lineage, succeeds, tiny};

/// Trains a tiny model of this stage for four steps.
fn train(stage: &str, run: &str, more: &[&str]) {
    succeeds(&[&["train", stage, "--out", run, "--steps", "4", "--quiet"], &tiny(stage)[..], more].concat());
}

fn config(run: &str) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(Path::new(run).join("config.json")).unwrap()).unwrap()
}

fn metrics(run: &str) -> String {
    fs::read_to_string(Path::new(run).join("metrics.csv")).unwrap()
}

#[test]
fn a_text_to_judge_by() {
    let place = Place::new();
    let (text, other, run) = (place.text(), place.file("other.txt", &BOOK[9000..10_000]), place.at("run"));
    train("gpt", &run, &["--text", &text, "--validation", &other]);
    let part = |split: &str| succeeds(&["evaluate", "--model", &run, "--split", split, "--quiet"]);
    assert!(part("val").starts_with(&format!("{other}: ")), "{}", part("val"));
    assert_eq!(part("train"), succeeds(&["evaluate", "--model", &run, "--text", &text, "--quiet"]));
    // The loss on the way is that of all of it.
    let last: f64 = metrics(&run).lines().last().unwrap().split(',').nth(2).unwrap().parse().unwrap();
    assert!(part("val").contains(&format!("nats per token  {last:.4}\n")), "{last} {}", part("val"));

    let said = fails(&["evaluate", "--model", &run, "--text", &other, "--split", "val"]);
    assert_eq!(
        said,
        format!(
            "the model in {run} learned from all of a file and was judged by other.txt, so no other file has its parts: \
             leave --split or --text out"
        )
    );
    // Where the file went is remembered, and what it says decides.
    let moved = place.at("moved.txt");
    fs::rename(&other, &moved).unwrap();
    assert!(fails(&["train", "--resume", &run]).ends_with("is judged by with --validation"));
    let evaluate = fails(&["evaluate", "--model", &run, "--split", "val"]);
    let way_out = format!("is judged by with `lineage train --resume {run} --validation FILE`");
    assert!(evaluate.ends_with(&way_out), "{evaluate}");
    let said = fails(&["train", "--resume", &run, "--validation", &text]);
    assert!(said.starts_with(&format!("{text} is not what the run in {run} is judged by: its SHA-256 is ")), "{said}");
    succeeds(&["train", "--resume", &run, "--validation", &moved, "--quiet"]);
    succeeds(&["train", "--resume", &run, "--quiet"]);
    assert!(part("val").starts_with(&format!("{moved}: ")));
    assert_eq!(
        fails(&["train", "--resume", &run, "--validation-share", "0.1"]),
        format!(
            "the run in {run} is judged by other.txt and goes on as it began: leave --validation-share out, or begin a new \
             run with --out"
        )
    );
}

#[test]
fn a_share_to_judge_by() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    train("lstm", &run, &["--text", &text, "--validation-share", "0.5"]);
    let windows = |split: &str, more: &[&str]| {
        let said = succeeds(&[&["evaluate", "--model", &run, "--split", split, "--quiet"], more].concat());
        said.lines().next().unwrap().to_owned()
    };
    for more in [&[][..], &["--text", &text]] {
        assert_eq!(windows("train", more), format!("the training part of {text}: 187 windows of 16 tokens"));
        assert_eq!(windows("val", more), format!("the validation part of {text}: 187 windows of 16 tokens"));
    }
    succeeds(&["train", "--resume", &run, "--validation-share", "0.5", "--quiet"]);
    for (flag, value) in [("--validation-share", "0.2"), ("--validation", &text)] {
        let said = fails(&["train", "--resume", &run, flag, value]);
        assert!(said.starts_with(&format!("the run in {run} holds out a part of 0.5 and goes on")), "{said}");
    }
    // On the built-in book too.
    let book = place.at("book");
    train("rnn", &book, &["--validation-share", "0.001"]);
    let said = succeeds(&["evaluate", "--model", &book, "--split", "val", "--quiet"]);
    assert!(said.starts_with("the validation part of "), "{said}");
    assert_eq!(config(&book)["validation"]["share"], 0.001);
}

/// Then nothing of it stands in the files.
#[test]
fn a_tenth_is_held_out_if_nothing_is_said() {
    let place = Place::new();
    let (text, pairs) = (place.text(), place.pairs());
    for (stage, data) in [("gru", ["--text", &text]), ("seq2seq", ["--pairs", &pairs])] {
        let [left_out, given] = [&[][..], &["--validation-share", "0.1"]].map(|more| {
            let run = place.at(&format!("{stage}{}", more.len()));
            train(stage, &run, &[&data, more].concat());
            assert!(config(&run).get("validation").is_none());
            fs::read(Path::new(&run).join("checkpoint.safetensors")).unwrap()
        });
        assert!(left_out == given);
    }
}

#[test]
fn pairs_to_judge_by() {
    let place = Place::new();
    let (pairs, other) = (place.pairs(), place.file("other.tsv", "one one\tI I\ntwo\tII\n"));
    let run = place.at("run");
    train("transformer", &run, &["--pairs", &pairs, "--validation", &other]);
    let first = |more: &[&str]| {
        let said = succeeds(&[&["evaluate", "--model", &run, "--quiet"], more].concat());
        said.lines().next().unwrap().to_owned()
    };
    assert_eq!(first(&[]), format!("{other}: 2 sentences"));
    assert_eq!(first(&["--split", "train"]), format!("{pairs}: 216 sentences"));
    assert_eq!(first(&["--pairs", &pairs]), format!("{pairs}: 216 sentences"));
    // One sentence cannot be divided, and need not be.
    let one = place.file("one.tsv", "one two\tII I\n");
    train("seq2seq", &place.at("one"), &["--pairs", &one, "--validation", &other]);

    let half = place.at("half");
    train("attention", &half, &["--pairs", &pairs, "--validation-share", "0.5"]);
    let said = succeeds(&["evaluate", "--model", &half, "--quiet"]);
    let found: usize = said.split(": ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((80..136).contains(&found), "{said}");
}

#[test]
fn what_cannot_be_judged_by() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    for flag in [["--validation", &text], ["--validation-share", "0.2"]] {
        let said = fails(&[&["train", "attention", "--out", &run][..], &flag].concat());
        assert!(said.contains("generated sentences have no end") || said.contains("has no tab"), "{said}");
    }
    assert_eq!(
        fails(&["train", "gpt", "--text", &text, "--validation", &text, "--out", &run]),
        format!("--validation {text} is the training data itself, which judges nothing: give another file")
    );
    for share in ["0", "1", "-0.1", "nan", "a tenth"] {
        let output = lineage(&["train", "gpt", "--validation-share", share]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("give a number above 0 and below 1"), "{said}");
    }
    let both = ["train", "gpt", "--validation", &text, "--validation-share", "0.2"];
    assert_eq!(lineage(&both).output().unwrap().status.code(), Some(2));
    assert!(!Path::new(&run).exists());
}

/// It judges nothing, however its letters are put together.
#[test]
fn what_is_learned_from_in_another_normal_form_is_the_same() {
    let place = Place::new();
    let run = place.at("run");
    let [composed, decomposed] = ["é", "e\u{301}"].map(|e| {
        let name = |kind: &str| format!("{kind}-{}.txt", e.chars().count());
        let text = place.file(&name("text"), format!("le caf{e} du cin{e}ma\n").repeat(60));
        (text, place.file(&name("pairs"), format!("caf{e}\tcoffee\nth{e}\ttea\n")))
    });
    for (stage, flag, one, other) in [
        ("lstm", "--text", &composed.0, &decomposed.0),
        ("lstm", "--text", &decomposed.0, &composed.0),
        ("seq2seq", "--pairs", &composed.1, &decomposed.1),
    ] {
        let more = ["--validation", other.as_str(), "--out", &run, "--steps", "1"];
        let ask = |form: &[&'static str]| [&["train", stage, flag, one], &more[..], &tiny(stage)[..], form].concat();
        assert_eq!(
            fails(&ask(&["--normal-form", "nfkc"])),
            format!("--validation {other} is the training data itself, which judges nothing: give another file")
        );
        assert_eq!(fails(&ask(&["--normal-form", "nfkc"])), fails(&ask(&[])));
    }
    assert!(!Path::new(&run).exists());
    // As they come, they are two.
    let more = ["--validation", &decomposed.0, "--out", &run, "--steps", "1", "--normal-form", "none", "--quiet"];
    succeeds(&[&["train", "lstm", "--text", &composed.0], &more[..], &tiny("lstm")[..]].concat());
}

/// A word of the held-out part is unknown, however often it stands there; a character is not.
#[test]
fn words_are_those_that_are_learned_from() {
    let place = Place::new();
    let text = place.file("text.txt", "red sea ".repeat(100) + &"sky ".repeat(20));
    let tokenizer = |tokens: &str| {
        let run = place.at(tokens);
        let sizes = ["--tokens", tokens, "--context", "4"];
        let train = ["train", "rnn", "--text", &text, "--out", &run, "--steps", "1", "--width", "4", "--quiet"];
        succeeds(&[&train[..], &sizes].concat());
        fs::read_to_string(Path::new(&run).join("tokenizer.json")).unwrap()
    };
    let words = tokenizer("word");
    assert!(words.contains("sea") && !words.contains("sky"), "{words}");
    let characters = tokenizer("character");
    assert!(characters.contains('y'), "{characters}");
}
