//! What goes wrong is told in one sentence that names the file, the place and the way out, and costs nothing.

use std::fs;
use std::path::Path;

use crate::program::{Place, fails, lineage, sentence, steps_saved, succeeds, tiny, trained};

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
    let expected = "the prompt is empty: give the model at least one token to go on from with --prompt";
    assert_eq!(fails(&["generate", "--model", &run, "--prompt", ""]), expected);
}

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
    let damaged = |path: &str, said: String| {
        assert!(said.starts_with(&format!("{path} is not a complete safetensors file (")), "{said}");
        assert!(said.ends_with("): it was cut short or is something else; use another checkpoint"), "{said}");
    };
    damaged(&checkpoint, fails(&["train", "--resume", &run]));
    damaged(&model, fails(&["generate", "--model", &run, "--prompt", "a"]));
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
    let expected = "a width of 16 cannot be divided among 3 heads; choose a width that is a multiple of the heads";
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
fn a_resumed_run_whose_text_has_changed() {
    let place = Place::new();
    let run = trained(&place);
    let text = place.file("changed.txt", "It is another text. ".repeat(300));
    let said = fails(&["train", "--resume", &run, "--text", &text]);
    let expected = format!("{text} is not what the run in {run} is trained on: its SHA-256 is ");
    assert!(said.starts_with(&expected), "{said}");
    assert!(said.ends_with(" (text.txt); give that file with --text"), "{said}");
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
        "the prompt has words that the model never saw, it reads \"<unk>\": use words of the text that it was trained on"
    );
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
    let said =
        fails(&[&train[..], &["--batch", "65536", "--context", "32", "--layers", "2", "--width", "1024"]].concat());
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
    assert_eq!(steps_saved(Path::new(&run)), Some(0));
    let found = succeeds(&["evaluate", "--model", &run, "--text", &text]);
    assert!(!found.contains("NaN") && !found.contains("inf"), "{found}");
}

/// A disk that is full while a checkpoint is written: Linux has a device for that, and the partial file is made a link
/// to it.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let place = Place::new();
    let run = trained(&place);
    let checkpoint = Path::new(&run).join("checkpoint.safetensors");
    let before = fs::read(&checkpoint).unwrap();
    std::os::unix::fs::symlink("/dev/full", Path::new(&run).join("checkpoint.safetensors.partial")).unwrap();
    let expected = format!(
        "cannot write {}: No space left on device (os error 28); the last checkpoint is intact: make room, then go on with: \
         lineage train --resume {run}",
        checkpoint.display()
    );
    assert_eq!(fails(&["train", "--resume", &run]), expected);
    assert_eq!(fs::read(&checkpoint).unwrap(), before);
    // With space again the run goes on.
    succeeds(&["train", "--resume", &run, "--quiet"]);
}

/// The same in the middle of a run: files may grow a little larger than the first checkpoint, to which the history adds
/// a row at every step.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_during_a_run() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let train = |steps: &str, out: &str| {
        let train = ["train", "rnn", "--text", &text, "--out", out, "--steps", steps, "--eval-every", "1", "--quiet"];
        lineage(&[&train, &tiny("rnn")[..]].concat())
    };
    assert!(train("1", &place.at("first")).status().unwrap().success());
    let blocks = (fs::metadata(place.path("first/checkpoint.safetensors")).unwrap().len() + 8192) / 512;

    let mut limited = std::process::Command::new("sh");
    // The signal would end the program before it could say anything.
    limited.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
    let train = train("400", &run);
    limited.arg(train.get_program()).args(train.get_args());
    let said = sentence(limited.output().unwrap());
    assert!(
        said.starts_with(&format!("cannot write {run}/checkpoint.safetensors: File too large (os error 27); ")),
        "{said}"
    );

    let saved = steps_saved(Path::new(&run)).unwrap();
    assert!((1..400).contains(&saved), "saved {saved}");
    assert!(!Path::new(&run).join("checkpoint.safetensors.partial").exists());
    succeeds(&["train", "--resume", &run, "--quiet"]);
    assert_eq!(steps_saved(Path::new(&run)), Some(400));
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
        "error: invalid value 'perceptron' for '[STAGE]'   [possible values: rnn, lstm, gru, seq2seq, attention, transformer, gpt]"
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
