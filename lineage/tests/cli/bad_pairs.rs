//! What goes wrong with files of pairs, in training and in evaluation.

use std::fs;
use std::path::Path;

use crate::program::{Place, fails, lineage, succeeds, tiny, translator};

/// Training on these pairs fails and leaves no folder.
#[track_caller]
fn refused(place: &Place, pairs: &str) -> String {
    let said = fails(&["train", "attention", "--pairs", pairs, "--out", &place.at("run")]);
    assert!(!place.path("run").exists(), "a refused run leaves a folder");
    said
}

#[test]
fn a_missing_file() {
    let place = Place::new();
    let pairs = place.at("missing.tsv");
    assert_eq!(refused(&place, &pairs), format!("there is no file {pairs}; check the path"));
}

#[test]
fn a_line_without_a_tab() {
    let place = Place::new();
    let pairs = place.file("pairs.tsv", "Go on.\tSigue.\nI see. Ya veo.\n");
    let expected =
        format!("line 2 of {pairs} has no tab; write each pair on a line as the sentence, a tab and its translation");
    assert_eq!(refused(&place, &pairs), expected);
}

#[test]
fn an_empty_side() {
    let place = Place::new();
    let pairs = place.file("pairs.tsv", "Go on.\tSigue.\nI see.\t \nWho?\t¿Quién?\n");
    assert_eq!(
        refused(&place, &pairs),
        format!("line 2 of {pairs} has an empty translation; write it or remove the line")
    );
    let pairs = place.file("pairs.tsv", "\tSigue.\nI see.\tYa veo.\n");
    assert_eq!(
        refused(&place, &pairs),
        format!("line 1 of {pairs} has an empty sentence; write it or remove the line")
    );
}

#[test]
fn a_sentence_far_too_long() {
    let place = Place::new();
    let pairs = place.file("pairs.tsv", format!("Go on.\tSigue.\nI see.\t{}\n", "sí ".repeat(5000)));
    let expected = format!(
        "line 2 of {pairs} has a translation of 5000 words, and at most 100 are taken; shorten it or remove the line"
    );
    assert_eq!(refused(&place, &pairs), expected);
}

/// Neither training nor evaluation divides them.
#[test]
fn pairs_that_are_all_alike() {
    let place = Place::new();
    let run = translator(&place);
    for times in [1, 100] {
        let pairs = place.file("pairs.tsv", "one two\tII I\n".repeat(times));
        let expected = match times {
            1 => format!(
                "all pairs of {pairs} translate one sentence, \"one two\", so none can be held out to judge by; add pairs of \
                 another sentence"
            ),
            _ => format!(
                "all pairs of {pairs} are alike, so there is nothing to learn from them; choose a file with different pairs"
            ),
        };
        assert_eq!(refused(&place, &pairs), expected);
        for split in ["train", "val"] {
            assert_eq!(fails(&["evaluate", "--model", &run, "--pairs", &pairs, "--split", split]), expected);
        }
    }
}

#[test]
fn pairs_too_few_to_hold_some_out() {
    let place = Place::new();
    let pairs = place.file("pairs.tsv", "Go on.\tSigue.\nGo on.\tContinúe.\n");
    let expected = format!(
        "all pairs of {pairs} translate one sentence, \"Go on.\", so none can be held out to judge by; add pairs of another \
         sentence"
    );
    assert_eq!(refused(&place, &pairs), expected);
}

#[test]
fn pairs_of_which_nothing_is_known() {
    let place = Place::new();
    let (run, pairs) = (translator(&place), place.file("german.tsv", "Der Vogel\tI\nEin Hund\tII\n"));
    let expected =
        format!("nothing in {pairs} is known to the model in {run}: give pairs like those it was trained on");
    assert_eq!(fails(&["evaluate", "--model", &run, "--pairs", &pairs, "--split", "all"]), expected);
}

/// Without `--pairs` a translator is judged by what it was trained on, or not at all.
#[test]
fn pairs_that_a_model_was_trained_on_and_that_are_gone() {
    let place = Place::new();
    let (run, pairs) = (place.at("run"), place.pairs());
    let train = ["train", "seq2seq", "--pairs", &pairs, "--out", &run, "--steps", "1", "--quiet"];
    succeeds(&[&train, &tiny("seq2seq")[..]].concat());
    let evaluate = ["evaluate", "--model", &run];
    assert!(succeeds(&evaluate).starts_with(&format!("the held-out part of {pairs}: ")));

    let before = fs::read_to_string(&pairs).unwrap();
    fs::write(&pairs, before.clone() + "one\tI\n").unwrap();
    let said = fails(&evaluate);
    let expected = format!("{pairs} is not what the run in {run} is trained on: its SHA-256 is ");
    assert!(said.starts_with(&expected) && said.ends_with(" (pairs.tsv); give that file with --pairs"), "{said}");
    fs::remove_file(&pairs).unwrap();
    assert_eq!(
        fails(&evaluate),
        format!("there is no file {pairs}; check the path, or give what the run in {run} is trained on with --pairs")
    );
    let moved = place.file("moved.tsv", &before);
    succeeds(&[&evaluate[..], &["--pairs", &moved]].concat());
    fs::remove_file(Path::new(&run).join("checkpoint.safetensors")).unwrap();
    assert_eq!(
        fails(&evaluate),
        format!(
            "the model in {run} was trained on pairs.tsv, and where that is stood in checkpoint.safetensors, which is \
             missing: give it with --pairs"
        )
    );
}

#[test]
fn numbers_of_words_that_no_sentence_has() {
    let place = Place::new();
    let (run, pairs) = (translator(&place), place.pairs());
    assert_eq!(
        fails(&["evaluate", "--model", &run, "--pairs", &pairs, "--words", "4..9"]),
        format!("the held-out part of {pairs} has no sentence of 4 to 9 words: choose other --words")
    );
    assert_eq!(
        fails(&["evaluate", "--model", &run, "--pairs", &pairs, "--words", "1"]),
        format!("the held-out part of {pairs} has no sentence of 1 word: choose other --words")
    );
    let generated = place.at("generated");
    succeeds(&[&["train", "seq2seq", "--out", &generated, "--steps", "1", "--quiet"], &tiny("seq2seq")[..]].concat());
    assert_eq!(
        fails(&["evaluate", "--model", &generated, "--words", "12..99"]),
        "generated sentences have 2 to 14 words, and none is of 12 to 99 words: give --words within these"
    );
    assert_eq!(
        fails(&["evaluate", "--model", &generated, "--words", "1"]),
        "generated sentences have 2 to 14 words, and none is of 1 word: give --words within these"
    );
    for words in ["0", "5..3", "3..", "many", "-1..4"] {
        let output = lineage(&["evaluate", "--model", &run, &format!("--words={words}")]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains("give a number of words of at least 1, or the smallest and the largest as 10..12"),
            "{said}"
        );
    }
}

/// Tatoeba's own files have four columns; those of manythings.org have the sentences first.
#[test]
fn numbers_before_the_sentences() {
    let place = Place::new();
    let run = translator(&place);
    let pairs = place.file("numbers.tsv", "1276\tGo on.\t2481\tSigue.\n1277\tI see.\t2482\tYa veo.\n");
    let expected = format!(
        "{pairs} has numbers before the sentences, as Tatoeba's own files of pairs have: keep its second and fourth column \
         alone, for example by `cut -f 2,4`"
    );
    assert_eq!(refused(&place, &pairs), expected);
    for split in ["train", "all"] {
        assert_eq!(fails(&["evaluate", "--model", &run, "--pairs", &pairs, "--split", split]), expected);
    }
    // Numbers are sentences too.
    let digits: String = (0..40).map(|number| format!("{number}\tnúmero {number}\t{number}\n")).collect();
    let digits = place.file("digits.tsv", digits);
    succeeds(
        &[
            &["train", "attention", "--pairs", &digits, "--out", &place.at("run"), "--steps", "1"],
            &tiny("attention")[..],
        ]
        .concat(),
    );
}
