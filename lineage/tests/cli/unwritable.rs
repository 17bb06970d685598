//! Results that cannot be written. Other systems have no such devices, shells and limits.

use std::fs::{self, File};
use std::process::{Command, Output, Stdio};

use crate::program::{Place, lineage, sentence, tiny, trained, translator};

/// Runs the program as a shell does after `setting`.
fn after(setting: &str, arguments: &[&str]) -> Output {
    let script = format!("{setting}; exec \"$0\" \"$@\"");
    let program = env!("CARGO_BIN_EXE_lineage");
    Command::new("sh").args(["-c", &script, program]).args(arguments).output().unwrap()
}

#[test]
fn results_that_have_nowhere_to_go_are_an_error() {
    let place = Place::new();
    let (run, spanish, text) = (trained(&place), translator(&place), place.text());
    let commands: &[&[&str]] = &[
        &["evaluate", "--model", &run, "--text", &text, "--quiet"],
        &["generate", "--model", &run, "--prompt", "Mr. Fogg", "--quiet"],
        &["translate", "--model", &spanish, "one two three", "--quiet"],
        &["--help"],
        &["train", "--help"],
        &["--version"],
    ];
    for command in commands {
        let closed = "the result cannot be written: standard output is closed; send it to a file or to another program";
        assert_eq!(sentence(after("exec >&-", command)), closed, "{command:?}");
        let full = File::options().write(true).open("/dev/full");
        if let Ok(full) = full {
            let said = sentence(lineage(command).stdout(full).stderr(Stdio::piped()).output().unwrap());
            let expected = "the result cannot be written to standard output: No space left on device (os error 28); \
                            make room, or send it to another place";
            assert_eq!(said, expected, "{command:?}");
        }
    }
}

#[test]
fn a_closed_standard_error_does_not_stop_a_run() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let train = [&["train", "rnn", "--text", &text, "--out", &run, "--steps", "2"], &tiny("rnn")[..]].concat();
    assert!(after("exec 2>&-", &train).status.success());
}

#[test]
fn a_closed_standard_input_is_not_an_empty_one() {
    let place = Place::new();
    let run = translator(&place);
    assert_eq!(
        sentence(after("exec <&-", &["translate", "--model", &run, "--quiet"])),
        "standard input is closed: give sentences as arguments, or a file with --file"
    );
}

/// A limit on the size of files, which ends other programs by a signal.
#[test]
fn a_checkpoint_beyond_the_limit_says_how_to_go_on() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let train =
        [&["train", "rnn", "--text", &text, "--out", &run, "--steps", "2", "--quiet"], &tiny("rnn")[..]].concat();
    let said = sentence(after("ulimit -f 1", &train));
    assert!(said.contains("File too large") && said.ends_with("or choose another folder with --out"), "{said}");
    assert!(lineage(&train).status().unwrap().success());

    let checkpoint = place.path("run/checkpoint.safetensors");
    let before = fs::read(&checkpoint).unwrap();
    let said = sentence(after("ulimit -f 1", &["train", "--resume", &run, "--quiet"]));
    assert!(said.ends_with(&format!("make room, then go on with: lineage train --resume {run}")), "{said}");
    assert!(fs::read(&checkpoint).unwrap() == before);
}

#[test]
fn runs_without_a_name_that_begin_at_once_take_one_each() {
    let place = Place::new();
    let text = place.text();
    let train = [&["train", "rnn", "--text", &text, "--steps", "1", "--quiet"], &tiny("rnn")[..]].concat();
    let start = |_| lineage(&train).current_dir(place.path("")).stderr(Stdio::piped()).spawn().unwrap();
    let children: Vec<_> = (0..6).map(start).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let mut names: Vec<_> = fs::read_dir(place.path("runs")).unwrap().map(|run| run.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["rnn", "rnn-2", "rnn-3", "rnn-4", "rnn-5", "rnn-6"]);
}

#[test]
fn a_strangers_files_in_a_folder_are_left_alone() {
    let place = Place::new();
    let text = place.text();
    for (number, name) in [".lock", "notes.partial", "mine.csv"].into_iter().enumerate() {
        let run = place.at(&format!("run-{number}"));
        fs::create_dir(&run).unwrap();
        let file = place.file(&format!("run-{number}/{name}"), "mine");
        let said = crate::program::fails(&["train", "rnn", "--text", &text, "--out", &run, "--steps", "1"]);
        assert!(
            said.ends_with("is not empty and holds no run, so it was left alone: choose another folder with --out")
        );
        assert_eq!(fs::read_to_string(file).unwrap(), "mine");
    }
    let run = trained(&place);
    let lock = place.file("run/.lock", "mine");
    crate::program::succeeds(&["train", "--resume", &run, "--quiet"]);
    assert_eq!(fs::read_to_string(lock).unwrap(), "mine");
}
