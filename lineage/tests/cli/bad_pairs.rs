//! What goes wrong with pairs, with translators and with what they are asked.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::program::{Place, fails, lineage, sentence, succeeds, tiny, trained, translator};

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

#[test]
fn pairs_that_are_all_alike() {
    let place = Place::new();
    let pairs = place.file("pairs.tsv", "Go on.\tSigue.\n".repeat(100));
    let expected = format!(
        "all pairs of {pairs} are alike, so there is nothing to learn from them; choose a file with different pairs"
    );
    assert_eq!(refused(&place, &pairs), expected);
}

#[test]
fn pairs_too_few_to_hold_some_out() {
    let place = Place::new();
    let pairs = place.file("pairs.tsv", "Go on.\tSigue.\nGo on.\tContinúe.\n");
    let expected =
        format!("{pairs} has too few different sentences to hold some of them out: 1; choose a file with more pairs");
    assert_eq!(refused(&place, &pairs), expected);
}

#[test]
fn a_request_of_which_nothing_is_known() {
    let place = Place::new();
    let run = translator(&place);
    let expected = "sentence 2: none of the words of the request, from \"Der\" on, is among the 6 of this vocabulary; \
                    write it in other words, or use a model that was trained on pairs with these";
    assert_eq!(fails(&["translate", "--model", &run, "one two", "Der Vogel singt."]), expected);
    let file = place.file("sentences.txt", "one\n\ntwo\n");
    let expected = format!("line 2 of {file}: there is no word in \"\"; write a sentence to translate");
    assert_eq!(fails(&["translate", "--model", &run, "--file", &file]), expected);
}

#[test]
fn pairs_of_which_nothing_is_known() {
    let place = Place::new();
    let (run, pairs) = (translator(&place), place.file("german.tsv", "Der Vogel\tI\nEin Hund\tII\n"));
    let expected =
        format!("nothing in {pairs} is known to the model in {run}: give pairs like those it was trained on");
    assert_eq!(fails(&["evaluate", "--model", &run, "--pairs", &pairs, "--split", "all"]), expected);
}

#[test]
fn nothing_on_standard_input() {
    let place = Place::new();
    let run = translator(&place);
    let ask = |bytes: &[u8]| {
        let mut command = lineage(&["translate", "--model", &run]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        sentence(child.wait_with_output().unwrap())
    };
    assert_eq!(ask(b""), "standard input is empty; choose a file with text in it");
    let expected = "standard input is not UTF-8 text: the byte 0xFF at offset 4 (line 2) belongs to no character; save \
                    the file as UTF-8";
    assert_eq!(ask(b"one\n\xFF"), expected);
}

#[test]
fn a_request_far_too_long() {
    let place = Place::new();
    let run = translator(&place);
    let said = fails(&["translate", "--model", &run, &"one ".repeat(2000)]);
    assert_eq!(said, "sentence 1 has 2000 words, and at most 100 are taken: shorten it or cut it in two");
}

#[test]
fn models_of_another_kind() {
    let place = Place::new();
    let (gpt, attention) = (trained(&place), translator(&place));
    assert_eq!(
        fails(&["translate", "--model", &gpt, "one"]),
        format!(
            "the model in {gpt} is of gpt, which does not translate: use `lineage generate --model {gpt}`, or train \
             seq2seq, attention or transformer"
        )
    );
    assert_eq!(
        fails(&["generate", "--model", &attention, "--prompt", "one"]),
        format!(
            "the model in {attention} is of attention, which translates: use `lineage translate --model {attention}`"
        )
    );
    assert_eq!(
        fails(&["evaluate", "--model", &attention, "--text", "any"]),
        format!("the model in {attention} is of attention, which translates: give --pairs, not --text")
    );
    assert_eq!(
        fails(&["evaluate", "--model", &gpt, "--count", "3"]),
        format!("the model in {gpt} is of gpt, which does not translate: leave --count out")
    );
    assert_eq!(
        fails(&["train", "rnn", "--resume", &attention]),
        format!("{attention} holds a run of attention, not of rnn: leave the stage out, or choose another folder")
    );
}

#[test]
fn parameters_of_another_translator() {
    let place = Place::new();
    let (run, other, pairs) = (translator(&place), place.at("other"), place.pairs());
    let train = ["train", "seq2seq", "--pairs", &pairs, "--out", &other, "--steps", "1", "--quiet"];
    succeeds(&[&train, &tiny("seq2seq")[..]].concat());
    let model = Path::new(&run).join("model.safetensors");
    fs::copy(Path::new(&other).join("model.safetensors"), &model).unwrap();
    let said = fails(&["translate", "--model", &run, "one"]);
    assert!(said.starts_with(&format!("{} holds another model: ", model.display())), "{said}");
    assert!(said.ends_with("; use the checkpoint with the configuration it was trained with"), "{said}");
}

#[test]
fn a_vocabulary_of_another_model() {
    let place = Place::new();
    let run = translator(&place);
    let path = Path::new(&run).join("target.json");
    fs::write(&path, r#"{"vocabulary":"word","lowercase":false,"pieces":["VII"]}"#).unwrap();
    let expected = format!(
        "{} has 5 tokens where the model has 10: it belongs to another model; restore the file or train again",
        path.display()
    );
    assert_eq!(fails(&["translate", "--model", &run, "one"]), expected);
    fs::write(&path, "{}").unwrap();
    let said = fails(&["translate", "--model", &run, "one"]);
    assert!(said.starts_with(&format!("{}: the stored vocabulary cannot be read: ", path.display())), "{said}");
}

#[test]
fn a_beam_that_follows_nothing() {
    let place = Place::new();
    let run = translator(&place);
    let expected =
        "a beam of width 0 follows no translation: give at least 1, where 1 always takes the likeliest token";
    assert_eq!(fails(&["translate", "--model", &run, "--beam", "0", "one"]), expected);
    assert_eq!(fails(&["evaluate", "--model", &run, "--beam", "0"]), expected);
}

/// A single translation has no rival whose length could be weighed.
#[test]
fn a_length_penalty_without_a_beam() {
    let place = Place::new();
    let run = translator(&place);
    let expected = "--length-penalty chooses among translations of several lengths, and a beam of 1 follows only one: give a \
                    larger --beam, or leave --length-penalty out";
    assert_eq!(fails(&["translate", "--model", &run, "--length-penalty", "1", "one"]), expected);
    assert_eq!(fails(&["evaluate", "--model", &run, "--length-penalty", "0"]), expected);
    succeeds(&["translate", "--model", &run, "--length-penalty", "1", "--beam", "3", "one"]);
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
    let generated = place.at("generated");
    succeeds(&[&["train", "seq2seq", "--out", &generated, "--steps", "1", "--quiet"], &tiny("seq2seq")[..]].concat());
    assert_eq!(
        fails(&["evaluate", "--model", &generated, "--words", "12..99"]),
        "generated sentences have 2 to 14 words, not 12 to 99: give --words within these"
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

#[test]
fn an_alignment_of_a_model_that_does_not_look_back() {
    let place = Place::new();
    let (run, pairs) = (place.at("run"), place.pairs());
    let train = ["train", "seq2seq", "--pairs", &pairs, "--out", &run, "--steps", "1", "--quiet"];
    succeeds(&[&train, &tiny("seq2seq")[..]].concat());
    let svg = place.at("map.svg");
    for more in [&["--alignment"][..], &["--heat-map", &svg]] {
        assert_eq!(
            fails(&[&["translate", "--model", &run, "one"], more].concat()),
            format!(
                "the model in {run} is of seq2seq, which does not look back at the source: leave --alignment and \
                 --heat-map out, or use a model of attention or transformer"
            )
        );
    }
    let run = translator(&place);
    assert_eq!(
        fails(&["translate", "--model", &run, "--heat-map", &svg, "one", "two"]),
        "--heat-map draws one sentence, and 2 are given: give one"
    );
    assert!(!Path::new(&svg).exists());
}

/// What a drawing cannot be written to stays what it is.
#[cfg(target_os = "linux")]
#[test]
fn a_heat_map_that_cannot_be_written() {
    let place = Place::new();
    let (run, link) = (translator(&place), place.at("map.svg"));
    let draw = |path: &str| fails(&["translate", "--model", &run, "--heat-map", path, "one"]);
    std::os::unix::fs::symlink("/dev/full", &link).unwrap();
    let expected =
        format!("{link} cannot be written: No space left on device (os error 28); choose another --heat-map");
    assert_eq!(draw(&link), expected);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let nowhere = place.at("nowhere/map.svg");
    assert!(draw(&nowhere).starts_with(&format!("cannot write {nowhere}: No such file or directory")));
}

#[test]
fn sentences_beyond_the_learned_positions() {
    let place = Place::new();
    let (run, pairs) = (place.at("run"), place.pairs());
    let train = ["train", "transformer", "--pairs", &pairs, "--out", &run, "--steps", "1", "--positions", "learned"];
    let train = [&train[..], &tiny("transformer")].concat();
    assert_eq!(
        fails(&[&train[..], &["--context", "3"]].concat()),
        format!(
            "sentences in {pairs} have up to 4 tokens, and --positions learned has 3 positions: give a larger --context, \
             or --positions sinusoidal"
        )
    );
    assert!(!Path::new(&run).exists());
    succeeds(&[&train[..], &["--context", "4", "--quiet"]].concat());
    assert_eq!(succeeds(&["translate", "--model", &run, "one two three six"]).lines().count(), 1);
    assert_eq!(
        fails(&["translate", "--model", &run, "one two three six six"]),
        "sentence 1 has 5 tokens, and the model has 4 learned positions: shorten it, or train with a larger --context"
    );
    let longer = place.file("longer.tsv", "one two three six\tI II III VI\nsix\tVI\n");
    assert_eq!(
        fails(&["evaluate", "--model", &run, "--pairs", &longer, "--split", "all"]),
        format!(
            "{longer} has a sentence of 5 tokens, and the model in {run} has 4 learned positions: leave it out, or train \
             with a larger --context"
        )
    );
}

#[test]
fn settings_that_a_stage_does_not_have() {
    let place = Place::new();
    let (pairs, text, run) = (place.pairs(), place.text(), place.at("run"));
    let train = |stage: &str, more: &[&str]| fails(&[&["train", stage, "--out", &run], more].concat());
    let no = |stage: &str, flag: &str| format!("{stage} has no --{flag}: leave it out, or train a stage that has one");
    assert_eq!(train("attention", &["--pairs", &pairs, "--reversed"]), no("attention", "reversed"));
    assert_eq!(train("seq2seq", &["--pairs", &pairs, "--heads", "2"]), no("seq2seq", "heads"));
    assert_eq!(train("transformer", &["--pairs", &pairs, "--cell", "gru"]), no("transformer", "cell"));
    assert_eq!(train("transformer", &["--pairs", &pairs, "--sampling", "0.5"]), no("transformer", "sampling"));
    assert_eq!(train("attention", &["--pairs", &pairs, "--peeking"]), no("attention", "peeking"));
    assert_eq!(
        train("transformer", &["--pairs", &pairs, "--context", "50"]),
        "--context is the number of learned positions, and there are none: give --positions learned, or leave --context out"
    );
    assert_eq!(train("gpt", &["--text", &text, "--bottleneck", "8"]), no("gpt", "bottleneck"));
    assert_eq!(train("gpt", &["--pairs", &pairs]), "gpt learns from what --text names: give its file with that");
    assert_eq!(train("seq2seq", &["--text", &text]), "seq2seq learns from what --pairs names: give its file with that");
    assert_eq!(
        train("seq2seq", &["--pairs", &pairs, "--tokens", "byte"]),
        "translators read words or characters, not bytes: give --tokens word or character"
    );
    assert_eq!(
        train("seq2seq", &["--pairs", &pairs, "--vocabulary", "4"]),
        "a vocabulary of 4 tokens has no place for a word: give a --vocabulary of at least 5"
    );
    assert_eq!(
        train("seq2seq", &["--pairs", &pairs, "--preset", "nanogpt-cpu"]),
        "the presets are of language models: leave --preset out, or train one of them"
    );
    assert_eq!(
        train("attention", &["--pairs", &pairs, "--bidirectional", "--width", "33"]),
        "a width of 33 cannot be divided among the two directions of the encoder; choose an even width"
    );
    assert!(!Path::new(&run).exists());
}

#[test]
fn a_resumed_translator_that_is_asked_for_something_else() {
    let place = Place::new();
    let run = translator(&place);
    let resume = |more: &[&str]| fails(&[&["train", "--resume", &run], more].concat());
    assert_eq!(
        resume(&["--bidirectional"]),
        format!(
            "the run in {run} has --bidirectional false, not true, and goes on as it began: leave --bidirectional out, \
             or begin a new run with --out"
        )
    );
    let pairs = place.file("changed.tsv", "Go on.\tSigue.\nI see.\tYa veo.\n".repeat(3) + "Who?\t¿Quién?\nNo.\tNo.\n");
    let said = resume(&["--pairs", &pairs]);
    assert!(
        said.contains("too few different sentences") || said.starts_with(&format!("{pairs} is not what the run in ")),
        "{said}"
    );
}

#[test]
fn a_translator_whose_loss_is_no_number() {
    let place = Place::new();
    let pairs = place.pairs();
    for stage in crate::program::TRANSLATORS {
        let run = place.at(stage);
        let train =
            ["train", stage, "--pairs", &pairs, "--out", &run, "--steps", "50", "--lr", "1e30", "--warmup", "0"];
        let said = fails(&[&train, &tiny(stage)[..], &["--save-every", "1"]].concat());
        let what = ["loss", "held-out loss", "norm of the gradient", "parameters"];
        assert!(what.iter().any(|what| said.starts_with(&format!("the {what} became "))), "{said}");
        assert!(said.contains(" ends at its last checkpoint, which is intact: begin a new run with "), "{said}");
    }
}
