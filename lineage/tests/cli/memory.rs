//! What a command is said to take of memory, beside what it takes.

use std::fmt::Write;
use std::fs::{self, File};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::program::{Place, fails, lineage, succeeds, tiny};

/// What of the program's file is in memory, in the build that people use. That of the tests is twice as large.
const PROGRAM: f64 = 10e6;

/// Runs the program, which must succeed: its standard error, and the most bytes that it had.
///
/// Linux tells them while it runs; what `wait4` tells afterwards begins with the memory of these tests.
fn peak(arguments: &[&str]) -> (String, f64) {
    let mut child = lineage(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0.0;
    while child.try_wait().unwrap().is_none() {
        let told = fs::read_to_string(&status).unwrap_or_default();
        let bytes = |name| {
            let kilobytes = told.lines().find_map(|line| line.strip_prefix(name)?.strip_suffix("kB"))?;
            kilobytes.trim().parse::<f64>().ok().map(|kilobytes| 1024.0 * kilobytes)
        };
        if let (Some(all), Some(of_files)) = (bytes("VmHWM:"), bytes("RssFile:")) {
            most = all - of_files + PROGRAM;
        }
        sleep(Duration::from_millis(1));
    }
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(status.success(), "{arguments:?} ended with {status}: {said}");
    (said, most)
}

/// Gigabytes after these words.
fn gigabytes(said: &str, before: &str) -> f64 {
    let (_, after) = said.split_once(before).unwrap_or_else(|| panic!("{before:?} is not in {said:?}"));
    after.split_once(" GB").unwrap().0.parse().unwrap()
}

#[test]
fn every_training_takes_what_it_is_said_to_take() {
    let place = Place::new();
    let text = place.file("text.txt", "It was a dark and stormy night; the rain fell in torrents. ".repeat(80));
    let mut pairs = String::new();
    for i in 0..600 {
        let letters = |shift: u32| (0..5).map(move |place| (b'a' + ((i >> (2 * place)) + shift) as u8 % 26) as char);
        let [source, target] = [letters(0), letters(1)].map(|side| side.collect::<String>());
        writeln!(pairs, "{source} old white dogs sleep\t{target} viejos perros blancos duermen").unwrap();
    }
    let pairs = place.file("pairs.tsv", pairs);
    let language = ["--text", &text];
    let translation = ["--steps", "1", "--pairs", &pairs, "--batch", "512"];
    let cases: [(&str, &[&str], &[&str]); 9] = [
        ("rnn", &language, &["--width", "256", "--batch", "512", "--steps", "1"]),
        ("lstm", &language, &["--width", "256", "--batch", "192", "--steps", "1"]),
        ("gru", &language, &["--width", "256", "--batch", "192", "--steps", "1"]),
        ("gpt", &language, &["--batch", "40", "--steps", "1"]),
        (
            "gpt",
            &language,
            &[
                "--width",
                "512",
                "--layers",
                "2",
                "--batch",
                "2",
                "--steps",
                "2",
                "--eval-every",
                "1",
                "--patience",
                "1",
            ],
        ),
        ("seq2seq", &translation, &["--width", "384"]),
        ("attention", &translation, &["--width", "384"]),
        ("transformer", &translation, &["--width", "128", "--accumulate", "2"]),
        ("t5", &language, &["--batch", "48", "--vocab-size", "400", "--steps", "1"]),
    ];
    for (stage, data, sizes) in cases {
        let run = place.at(&format!("{stage}{}", sizes.len()));
        let (said, taken) = peak(&[&["train", stage, "--out", &run], data, sizes].concat());
        let ratio = gigabytes(&said, "memory: about ") * 1e9 / taken;
        assert!(taken > 9e7, "{stage} {sizes:?} took {taken} bytes, too few to judge by");
        assert!((1.0 / 1.5..1.5).contains(&ratio), "{stage} {sizes:?}: said {ratio} of {taken} bytes");
    }
}

/// What the run holds by then is more than what is left, and all that it needs.
#[test]
fn a_run_for_which_there_is_memory_writes_its_checkpoints() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let sizes = ["--width", "768", "--layers", "2", "--batch", "1", "--context", "8", "--heads", "2", "--steps", "1"];
    let train = [&["train", "gpt", "--text", &text, "--out", &run, "--threads", "1", "--save-every", "1"], &sizes[..]];
    let program = lineage(&train.concat());
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -v 460000; exec \"$0\" \"$@\""]).arg(program.get_program()).args(program.get_args());
    let output = limited.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// With the built-in book, and with a text beside which everything else is small.
#[test]
fn a_comparison_takes_what_it_is_said_to_take() {
    let place = Place::new();
    let text = place.file("text.txt", "It was a dark and stormy night; the rain fell in torrents. ".repeat(200_000));
    let cases: [&[&str]; 3] = [&["C12"], &["C12", "--text", &text], &["C7"]];
    for case in cases {
        let report = place.at("report");
        let (said, taken) = peak(&[&["compare", "--out", &report, "--threads", "2", "--only"], case].concat());
        let ratio = gigabytes(&said, "memory: about ") * 1e9 / taken;
        assert!((1.0 / 1.5..1.5).contains(&ratio), "{case:?}: said {ratio} of {taken} bytes");
    }
}

/// A file of a terabyte that takes no room.
#[test]
fn a_comparison_for_which_there_is_no_memory_is_refused_before_anything_is_written() {
    let place = Place::new();
    let text = place.file("text.txt", "");
    File::options().write(true).open(&text).unwrap().set_len(1 << 40).unwrap();
    let report = place.at("deep/report");
    let said = fails(&["compare", "--only", "C12,C16", "--text", &text, "--out", &report]);
    assert!(said.starts_with("such a comparison takes about "), "{said}");
    assert!(
        said.ends_with(
            " GB are free: give fewer claims to --only, a smaller --budget, fewer --threads or a shorter --text"
        ),
        "{said}"
    );
    assert!(!place.path("deep").exists());
}

/// The lines come at once, and the second needs some 8 GB.
#[test]
fn a_line_that_is_too_long_is_refused_by_its_name_after_the_answers_before() {
    let place = Place::new();
    let (pairs, model) = (place.pairs(), place.at("run"));
    let train = ["train", "attention", "--pairs", &pairs, "--tokens", "character", "--steps", "1", "--out", &model];
    succeeds(&[&train, &tiny("attention")[..]].concat());
    let lines = place.file("lines.txt", format!("one two three\n{}\nfour\n", "five".repeat(250)));
    let program = lineage(&["translate", "--model", &model, "--beam", "1000", "--file", &lines, "--quiet"]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -v 4000000; exec \"$0\" \"$@\""]).arg(program.get_program()).args(program.get_args());
    let output = limited.output().unwrap();
    let [answers, said] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!((output.status.code(), answers.lines().count()), (Some(1), 1), "{answers:?}, {said}");
    assert!(said.starts_with(&format!("error: translating line 2 of {lines} takes about ")), "{said}");
    assert!(said.ends_with(" GB are free: give a smaller --beam, or a shorter sentence\n"), "{said}");
}
