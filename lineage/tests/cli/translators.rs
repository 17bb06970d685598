//! What the commands do with translators when all is well.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use data::pairs::Vocabulary;

use crate::program::{Place, TRANSLATORS, lineage, succeeds, tiny, translator};

#[test]
fn training_leaves_a_model_and_two_vocabularies() {
    let place = Place::new();
    let run = translator(&place);
    let read = |file: &str| fs::read_to_string(Path::new(&run).join(file)).unwrap();

    let config: serde_json::Value = serde_json::from_str(&read("config.json")).unwrap();
    assert_eq!(config["model"]["stage"], "attention");
    assert_eq!(config["model"]["cell"], "lstm");
    assert_eq!(config["training"]["steps"], 8);
    assert_eq!(config["settings"]["tokens"], "word");
    assert_eq!(config["text"]["name"], "pairs.tsv");
    let [source, target] = ["source.json", "target.json"].map(|file| Vocabulary::from_json(&read(file)).unwrap());
    assert_eq!(source.decode(&source.encode("two six")), "two six");
    assert_eq!(target.decode(&target.encode("VI II")), "VI II");
    assert_eq!(read("metrics.csv").lines().count(), 9);
}

#[test]
fn every_stage_learns_to_translate() {
    let place = Place::new();
    let pairs = place.pairs();
    for stage in TRANSLATORS {
        let run = place.at(stage);
        let mut train = vec!["train", stage, "--pairs", &pairs, "--out", &run, "--quiet", "--steps", "500"];
        train.extend(["--width", "48", "--batch", "24", "--lr", "0.01", "--layers", "1"]);
        succeeds(&train);
        let said = succeeds(&["translate", "--model", &run, "two one six", "five five three"]);
        assert_eq!(said, "VI I II\nIII V V\n", "{stage}");
    }
}

/// The held-out part of 216 sentences, on which training evaluates too.
#[test]
fn evaluation_reads_what_is_held_out_and_translates_it() {
    let place = Place::new();
    let (run, pairs) = (translator(&place), place.pairs());
    let lines = |more: &[&str]| {
        let out = succeeds(&[&["evaluate", "--model", &run, "--pairs", &pairs, "--quiet"], more].concat());
        out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let found = lines(&[]);
    let name = |line: &str| line.split("  ").next().unwrap().trim_end_matches(char::is_numeric).trim().to_owned();
    let names: Vec<String> = found[1..].iter().map(|line| name(line)).collect();
    let expected = [
        "nats per token",
        "bits per token",
        "perplexity",
        "accuracy",
        "tokens",
        "unknown tokens",
        "exact match",
        "BLEU",
        "chrF",
    ];
    assert_eq!(names.len(), expected.len(), "{found:?}");
    for (name, expected) in names.iter().zip(expected) {
        assert!(name.starts_with(expected), "{found:?}");
    }
    let sentences: usize = found[0].split(": ").last().unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(found[0].starts_with(&format!("the held-out part of {pairs}: ")), "{}", found[0]);
    assert!((10..40).contains(&sentences), "{sentences}");
    assert_eq!(found[5], format!("tokens          {}", 4 * sentences));
    let metrics = fs::read_to_string(Path::new(&run).join("metrics.csv")).unwrap();
    let last = metrics.lines().last().unwrap().split(',').nth(2).unwrap().parse::<f64>().unwrap();
    assert_eq!(found[1], format!("nats per token  {last:.4}"));

    assert_eq!(lines(&["--split", "all"])[0], format!("{pairs}: 216 sentences"));
    assert_eq!(lines(&["--split", "train", "--count", "7"])[0], format!("the training part of {pairs}: 7 sentences"));
}

/// Without a file, sentences are generated, and their alignments are known.
#[test]
fn generated_sentences_have_alignments() {
    let place = Place::new();
    for stage in TRANSLATORS {
        let run = place.at(stage);
        succeeds(&[&["train", stage, "--out", &run, "--steps", "2", "--quiet"], &tiny(stage)[..]].concat());
        let found = succeeds(&["evaluate", "--model", &run, "--count", "20", "--quiet"]);
        assert!(
            found.starts_with("the held-out part of generated sentences of 3 to 12 words: 20 sentences\n"),
            "{found}"
        );
        assert!(found.contains("unknown tokens  0 of "), "{found}");
        assert_eq!(found.contains("\nalignment error 0."), stage != "seq2seq", "{found}");
    }
}

#[test]
fn sentences_come_from_arguments_from_a_file_and_from_standard_input() {
    let place = Place::new();
    let run = translator(&place);
    let file = place.file("sentences.txt", "one two\nthree four five\n");
    let told = succeeds(&["translate", "--model", &run, "one two", "three four five"]);
    assert_eq!(told.lines().count(), 2);
    assert_eq!(succeeds(&["translate", "--model", &run, "--file", &file]), told);
    assert_eq!(succeeds(&["translate", "--model", &run, "--file", &file, "--beam", "1", "--threads", "1"]), told);
    assert_eq!(succeeds(&["translate", "--model", &run, "--file", &file, "--beam", "5"]).lines().count(), 2);

    let mut child =
        lineage(&["translate", "--model", &run]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"one two\nthree four five").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), told);
}

#[test]
fn an_alignment_is_a_table_and_a_drawing() {
    let place = Place::new();
    let (run, svg) = (translator(&place), place.at("map.svg"));
    let said = succeeds(&["translate", "--model", &run, "--alignment", "--heat-map", &svg, "three one"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[1].split_whitespace().collect::<Vec<_>>(), ["three", "one"]);
    let words: Vec<&str> = lines[0].split(' ').collect();
    for (word, row) in words.iter().zip(&lines[2..]) {
        let row: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(row[0], *word);
        let sum: f64 = row[1..].iter().map(|weight| weight.parse::<f64>().unwrap()).sum();
        assert!((sum - 1.0).abs() < 0.011, "{row:?}");
    }
    let drawing = fs::read_to_string(&svg).unwrap();
    assert!(drawing.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{drawing}");
    assert!(drawing.contains("--ink:") && drawing.ends_with("</svg>\n"), "{drawing}");
}
