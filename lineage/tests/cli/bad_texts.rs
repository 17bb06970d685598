//! A text or a prompt that cannot be used is told in one sentence that names the file, the place and the way out, and costs
//! nothing.

use crate::program::{Place, fails, succeeds, tiny, trained};

/// Training on `text` fails and leaves no folder.
#[track_caller]
fn refused(place: &Place, text: &str) -> String {
    let said = fails(&["train", "gpt", "--text", text, "--out", &place.at("run")]);
    assert!(!place.path("run").exists(), "a refused run leaves a folder");
    said
}

#[test]
fn a_missing_text() {
    let place = Place::new();
    let text = place.at("missing.txt");
    assert_eq!(refused(&place, &text), format!("there is no file {text}; check the path"));
}

#[test]
fn an_empty_text() {
    let place = Place::new();
    let text = place.file("empty.txt", "");
    assert_eq!(refused(&place, &text), format!("{text} is empty; choose a file with text in it"));
}

#[test]
fn a_text_that_is_not_utf_8() {
    let place = Place::new();
    let text = place.file("latin1.txt", b"one\ntwo\ncaf\xE9");
    let expected = format!(
        "{text} is not UTF-8 text: the byte 0xE9 at offset 11 (line 3) belongs to no character; save the file as UTF-8"
    );
    assert_eq!(refused(&place, &text), expected);
}

#[test]
fn a_text_that_is_too_short() {
    let place = Place::new();
    let text = place.file("short.txt", "To be, or not to be");
    let expected = format!(
        "the validation part of {text} has 2 tokens, but a context of 64 needs 65; use a longer text or a smaller context"
    );
    assert_eq!(refused(&place, &text), expected);
}

#[test]
fn a_text_that_is_a_folder() {
    let place = Place::new();
    let text = place.at("");
    assert!(refused(&place, &text).starts_with(&format!("{text} cannot be read: ")));
}

#[test]
fn a_text_with_characters_that_the_model_never_saw() {
    let place = Place::new();
    let (run, text) = (trained(&place), place.file("greek.txt", "one\nand αβγ"));
    let expected = format!(
        "{text}: the character 'α' (U+03B1) at line 2, column 5 is not among the 62 characters of this vocabulary; \
         remove it, or use a model that was trained on a text with this character"
    );
    assert_eq!(fails(&["evaluate", "--model", &run, "--text", &text]), expected);
}

#[test]
fn a_prompt_with_characters_that_the_model_never_saw() {
    let place = Place::new();
    let run = trained(&place);
    let expected = "the prompt: the character '€' (U+20AC) at line 1, column 3 is not among the 62 characters of this \
                    vocabulary; remove it, or use a model that was trained on a text with this character";
    assert_eq!(fails(&["generate", "--model", &run, "--prompt", "a €"]), expected);
}

#[test]
fn an_empty_prompt() {
    let place = Place::new();
    let run = trained(&place);
    let expected = "the prompt is empty: give the model at least one token to go on from";
    assert_eq!(fails(&["generate", "--model", &run, "--prompt", ""]), expected);
}

/// A vocabulary of words can write every prompt, but not so that the model knows it.
#[test]
fn a_prompt_of_unknown_words() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    succeeds(
        &[
            &["train", "rnn", "--text", &text, "--out", &run, "--steps", "2", "--tokens", "word", "--quiet"],
            &tiny("rnn")[..],
        ]
        .concat(),
    );
    let said = fails(&["generate", "--model", &run, "--prompt", "zyzzyva"]);
    assert_eq!(
        said,
        "the prompt has words that the model does not know, it reads \"<unk>\": use frequent words of the text that it was trained on"
    );
}

#[test]
fn a_resumed_run_whose_text_has_changed() {
    let place = Place::new();
    let run = trained(&place);
    let text = place.file("changed.txt", "It is another text. ".repeat(300));
    let said = fails(&["train", "--resume", &run, "--text", &text]);
    let expected = format!("{text} is not what the run in {run} is trained on: its SHA-256 is ");
    assert!(said.starts_with(&expected), "{said}");
    assert!(said.ends_with(" (text.txt); give that file with --text"), "{said}");
}
