//! Settings that cannot be, and those with which training comes to no good end.

use std::path::Path;

use crate::program::{Place, fails, lineage, steps_saved, succeeds, tiny, trained};

#[test]
fn a_resumed_run_that_is_asked_for_something_else() {
    let place = Place::new();
    let run = trained(&place);
    let resume = |more: &[&str]| fails(&[&["train", "--resume", &run], more].concat());
    let goes_on = "and goes on as it began";
    assert_eq!(
        resume(&["--lr", "0.5"]),
        format!("the run in {run} has --lr 0.001, not 0.5, {goes_on}: leave --lr out, or begin a new run with --out")
    );
    assert_eq!(
        resume(&["--seed", "2"]),
        format!("the run in {run} has --seed 1, not 2, {goes_on}: leave --seed out, or begin a new run with --out")
    );
    let expected = format!("{run} holds a run of gpt, not of lstm: leave the stage out, or choose another folder");
    assert_eq!(fails(&["train", "lstm", "--resume", &run]), expected);
    // What agrees may be said again.
    succeeds(&["train", "gpt", "--resume", &run, "--steps", "8", "--seed", "1", "--quiet"]);
}

#[test]
fn sizes_that_do_not_fit() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let train = |more: &[&str]| fails(&[&["train", "gpt", "--text", &text, "--out", &run], more].concat());
    assert_eq!(
        train(&["--heads", "3"]),
        "a width of 128 cannot be divided among 3 heads; choose a width that is a multiple of the heads"
    );
    assert_eq!(
        train(&["--min-lr", "1"]),
        "--min-lr 1 is above --lr 0.001: the learning rate falls from --lr to --min-lr, so give a lower one"
    );
    assert_eq!(
        train(&["--schedule", "inverse-sqrt", "--min-lr", "0"]),
        "--min-lr cannot act, since it is where the cosine ends, and --schedule inverse-sqrt has no such end: leave one of the \
         two out"
    );
    assert_eq!(train(&["--embedding", "8"]), "gpt has no --embedding: leave it out, or train a stage that has one");
    assert_eq!(
        fails(&["train", "lstm", "--text", &text, "--out", &run, "--heads", "2"]),
        "lstm has no --heads: leave it out, or train a stage that has one"
    );
    assert_eq!(
        train(&["--width", "65536", "--heads", "1", "--layers", "1000"]),
        "such a model has 5.2×10¹³ parameters, and at most 1×10⁹ can be trained here; choose a smaller width or fewer layers"
    );
    assert!(!Path::new(&run).exists());
}

#[test]
fn a_loss_that_is_no_number() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    for stage in ["rnn", "lstm", "gpt"] {
        let run = format!("{run}-{stage}");
        let train = ["train", stage, "--text", &text, "--out", &run, "--steps", "50", "--lr", "1e30", "--warmup", "0"];
        let said = fails(&[&train, &tiny(stage)[..], &["--save-every", "1"]].concat());
        let what = ["loss", "norm of the gradient", "parameters"];
        assert!(what.iter().any(|what| said.starts_with(&format!("the {what} became "))), "{said}");
        let expected = format!(
            ", so the run in {run} ends at its last checkpoint, which is intact: begin a new run with a smaller --lr, a \
             longer --warmup or a smaller --clip"
        );
        assert!(said.ends_with(&expected), "{said}");
        let saved = steps_saved(Path::new(&run)).unwrap();
        assert!(said.contains(&format!(" at step {} of 50 (learning rate ", saved + 1)), "{said}, saved {saved}");
    }
}

/// A preset would change settings that a run began with.
#[test]
fn a_preset_for_a_run_that_has_begun() {
    let place = Place::new();
    let run = trained(&place);
    let output = lineage(&["train", "--resume", &run, "--preset", "nanogpt-cpu"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be used with"));
}

/// Numbers that no machine can serve.
#[test]
fn numbers_far_too_large() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let train = ["train", "gpt", "--text", &text, "--out", &run];
    let sizes = ["--batch", "65536", "--context", "512", "--layers", "16", "--width", "32", "--heads", "2"];
    let said = fails(&[&train[..], &sizes].concat());
    assert!(said.starts_with("such a run takes about ") && said.contains(": give a smaller --batch, "), "{said}");
    assert!(!Path::new(&run).exists(), "nothing is written");
    for flag in ["--threads", "--seed", "--accumulate", "--warmup", "--steps"] {
        for number in ["18446744073709551615", "-1"] {
            let output = lineage(&[&train[..], &[flag, number]].concat()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{flag} {number}: {said}");
            assert!(said.contains(&format!("invalid value '{number}' for '{flag} <N>'")), "{said}");
        }
    }
}

/// Updates that overflow are noticed before they are saved, and the model on the disk still answers.
#[test]
fn parameters_that_are_no_numbers() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let train = ["train", "gpt", "--text", &text, "--out", &run, "--steps", "50", "--lr", "1e39", "--min-lr", "1e39"];
    let said = fails(&[&train, &tiny("gpt")[..], &["--warmup", "0", "--clip", "0", "--save-every", "1"]].concat());
    assert!(said.starts_with("the parameters became "), "{said}");
    assert!(said.ends_with("a smaller --lr, a longer --warmup or a --clip of 1"), "{said}");
    assert_eq!(steps_saved(Path::new(&run)), Some(0));
    let found = succeeds(&["evaluate", "--model", &run, "--text", &text]);
    assert!(!found.contains("NaN") && !found.contains("inf"), "{found}");
}

/// Mistakes in the words of the command are clap's to tell; its exit code is 2.
#[test]
fn unknown_words() {
    let usage = |arguments: &[&str]| {
        let output = lineage(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        said.lines().take(2).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        usage(&["train", "perceptron"]),
        "error: invalid value 'perceptron' for '[STAGE]'   [possible values: rnn, lstm, gru, seq2seq, attention, transformer, gpt, bert, t5]"
    );
    assert_eq!(usage(&["train", "gpt", "--colour", "red"]).trim(), "error: unexpected argument '--colour' found");
    assert_eq!(usage(&["teach"]).trim(), "error: unrecognized subcommand 'teach'");
    assert_eq!(
        usage(&["train", "gpt", "--lr", "-1"]).trim(),
        "error: invalid value '-1' for '--lr <X>': give a number above 0"
    );
    assert_eq!(
        usage(&["generate", "--model", "m", "--prompt", "a", "--temperature", "-1"]).trim(),
        "error: invalid value '-1' for '--temperature <T>': -1 is not a temperature: give a number of at least 0, where 0 \
         always takes the likeliest token"
    );
    let required = usage(&["train"]);
    assert!(required.starts_with("error: the following required arguments were not provided:"), "{required}");
}

#[test]
fn an_unknown_claim() {
    let place = Place::new();
    let said = fails(&["compare", "--only", "C1,C99", "--out", &place.at("report")]);
    assert!(said.starts_with("there is no claim called \"C99\": the claims with an experiment are C1"), "{said}");
    assert!(!place.path("report").exists());
}
