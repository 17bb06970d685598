//! Links that lead to themselves, pipes, and names of any bytes. Other systems have no such files.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::{Place, copy, fails, lineage, sentence, succeeds, tiny, trained, translator};

#[test]
fn what_is_behind_a_loop_of_links_is_unknown_to_every_command() {
    let place = Place::new();
    let (text, run, spanish, out) = (place.text(), trained(&place), translator(&place), place.at("out"));
    let (a, b) = (place.at("a"), place.at("b"));
    symlink(&b, &a).unwrap();
    symlink(&a, &b).unwrap();
    let commands: [&[&str]; 11] = [
        &["train", "rnn", "--text", &a, "--out", &out],
        &["train", "rnn", "--text", &text, "--out", &a],
        &["train", "--resume", &a],
        &["train", "--resume", &run, "--text", &a],
        &["evaluate", "--model", &a],
        &["generate", "--model", &a, "--prompt", "x"],
        &["translate", "--model", &spanish, "--file", &a],
        &["compare", "--only", "C1", "--out", &a],
        &["compare", "--only", "C12", "--text", &a, "--out", &out],
        &["report", "diff", &a, &run],
        &["adopt", &a],
    ];
    for command in commands {
        let said = fails(command);
        assert!(said.starts_with(&a) || said.contains(&format!(" {a}")), "{command:?}: {said}");
        assert!(said.contains("Too many levels of symbolic links (os error 40); "), "{command:?}: {said}");
        assert!(!Path::new(&out).exists(), "{command:?}");
    }
    assert_eq!([&a, &b].map(|link| fs::read_link(link).unwrap()), [b, a].map(PathBuf::from));
}

#[test]
fn a_run_does_not_write_over_files_that_it_cannot_look_at() {
    let place = Place::new();
    let run = trained(&place);
    for name in ["model.safetensors", "config.json"] {
        let file = Path::new(&run).join(name);
        let content = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        symlink(&file, &file).unwrap();
        let said = fails(&["train", "--resume", &run]);
        let loops = "cannot be looked at: Too many levels of symbolic links";
        let is_link = "is a link, and the run would put a file of its own in its place: move it away";
        let expected = [loops, is_link].map(|reason| format!("{} {reason}", file.display()));
        assert!(expected.iter().any(|expected| said.starts_with(expected)), "{said}");
        fs::remove_file(&file).unwrap();
        fs::write(&file, content).unwrap();
    }
    succeeds(&["train", "--resume", &run, "--quiet"]);
}

/// Sentences stay on one line, and a terminal is not told to do anything.
#[test]
fn names_with_controls_are_told_on_one_line() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("a\nb\u{1b}[31m\u{202e}c"));
    let train = [&["train", "rnn", "--text", &text, "--out", &run, "--steps", "1"], &tiny("rnn")[..]].concat();
    let said = lineage(&train).output().unwrap().stderr;
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("a\\nb\\u{1b}[31m\\u{202e}c") && !said.contains(['\u{1b}', '\u{202e}']), "{said}");
    let none = format!("{run}/none");
    let shown = none.replace('\n', "\\n").replace('\u{1b}', "\\u{1b}").replace('\u{202e}', "\\u{202e}");
    for command in [
        &["evaluate", "--model", &none][..],
        &["generate", "--model", &none, "--prompt", "x"],
        &["translate", "--model", &none, "x"],
        &["train", "--resume", &none],
        &["train", "rnn", "--text", &none, "--out", &none],
        &["compare", "--only", "C12", "--text", &none],
        &["report", "diff", &none, &none],
        &["adopt", &none],
    ] {
        let said = fails(command);
        assert!(said.contains(&shown), "{command:?}: {said}");
    }
}

#[test]
fn names_that_are_not_utf_8_are_good_for_folders_and_refused_for_what_a_run_keeps() {
    let place = Place::new();
    let odd = place.path("").join(OsStr::from_bytes(b"odd\xff"));
    let train = |text: &Path, out: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lineage"));
        command.args(["train", "rnn", "--steps", "1", "--quiet", "--text"]).arg(text).arg("--out").arg(out);
        command.args(tiny("rnn")).output().unwrap()
    };
    let text = place.text();
    assert!(train(Path::new(&text), &odd).status.success());
    let elsewhere = odd.join("text.txt");
    fs::copy(&text, &elsewhere).unwrap();
    let said = sentence(train(&elsewhere, &place.path("out")));
    assert!(said.starts_with("a run keeps where its data are, and --text "), "{said}");
    assert!(said.ends_with(" is not UTF-8: give it another name"), "{said}");
    assert!(!place.path("out").exists());
}

/// A pipe that nobody writes to keeps whoever reads it for ever.
#[test]
fn pipes_in_place_of_a_reports_files_keep_nobody_waiting() {
    let place = Place::new();
    let (report, other) = (place.at("report"), place.at("other"));
    let compare = ["compare", "--only", "C12", "--out", &report, "--quiet"];
    succeeds(&compare);
    copy(Path::new(&report), Path::new(&other));
    for name in ["claims.csv", "index.html"] {
        let path = Path::new(&report).join(name);
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).stderr(Stdio::null()).status().unwrap().success());
    }
    let said = fails(&["report", "diff", &report, &other]);
    assert!(said.starts_with(&format!("{report}/claims.csv cannot be read: ")), "{said}");
    succeeds(&compare);
    for name in ["claims.kept.csv", "index.kept.html"] {
        assert!(place.path("report").join(name).symlink_metadata().is_ok(), "what is not ours is kept");
    }
}
