//! What goes wrong with what a translator is asked, and with where the answer goes.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::program::{Place, fails, lineage, sentence, succeeds, tiny, trained, translator};

/// A translator that has hardly begun to learn: of the few tokens that it knows, the first it says is the end.
#[test]
fn a_heat_map_of_nothing() {
    let place = Place::new();
    let (run, pairs, svg) = (place.at("run"), place.pairs(), place.at("map.svg"));
    let train = ["train", "attention", "--pairs", &pairs, "--out", &run, "--steps", "1", "--seed", "2", "--quiet"];
    succeeds(&[&train, &tiny("attention")[..], &["--tokens", "character", "--vocabulary", "5"]].concat());
    assert_eq!(succeeds(&["translate", "--model", &run, "one two"]).trim(), "");
    assert_eq!(
        fails(&["translate", "--model", &run, "--heat-map", &svg, "one two"]),
        format!(
            "the model in {run} translates sentence 1 by nothing, so there is nothing to draw: leave --heat-map out, write \
             the sentence in other words, or train longer"
        )
    );
    let empty = fails(&["translate", "--model", &run, "--heat-map", &svg, ""]);
    assert_eq!(empty, "sentence 1: there is no word in \"\"; write a sentence to translate");
    assert!(!Path::new(&svg).exists());
}

/// A drawing is replaced, another file is not, and no drawing is called what it is not.
#[test]
fn a_heat_map_that_is_not_called_a_drawing() {
    let place = Place::new();
    let run = translator(&place);
    let config = format!("{run}/config.json");
    let before = fs::read(&config).unwrap();
    for path in [config.as_str(), &place.at("map.png"), &place.at("map"), &format!("{config}/map")] {
        assert_eq!(
            fails(&["translate", "--model", &run, "--heat-map", path, "one"]),
            format!("--heat-map {path} does not end in .svg, and it writes SVG: give a name that does")
        );
    }
    assert_eq!(fs::read(&config).unwrap(), before);
    assert!(!place.path("map.png").exists());

    let (part, svg) = (place.file("mine.svg.partial", "mine"), place.at("mine.svg"));
    succeeds(&["translate", "--model", &run, "--heat-map", &svg, "one"]);
    assert_eq!(fs::read_to_string(&part).unwrap(), "mine");
    let folder = place.at("folder.svg");
    fs::create_dir(&folder).unwrap();
    assert_eq!(
        fails(&["translate", "--model", &run, "--heat-map", &folder, "one"]),
        format!("--heat-map {folder} is a folder: give a file that ends in .svg")
    );

    let svg = place.file("map.SVG", "an older drawing");
    succeeds(&["translate", "--model", &run, "--heat-map", &svg, "one"]);
    assert!(fs::read_to_string(&svg).unwrap().starts_with("<svg"));
}

#[test]
fn pairs_where_a_sentence_is_asked_for() {
    let place = Place::new();
    let (run, pairs) = (translator(&place), place.pairs());
    assert_eq!(
        fails(&["translate", "--model", &run, "--file", &pairs]),
        format!(
            "line 1 of {pairs} has a tab, as pairs have between a sentence and its translation: give the sentence alone, \
             or judge the pairs by `lineage evaluate --pairs`"
        )
    );
}

/// All translations that a file has are right, whatever is asked for.
#[test]
fn dialects_of_sentences_that_are_not_generated() {
    let place = Place::new();
    let (run, pairs, gpt) = (translator(&place), place.pairs(), trained(&place));
    for split in ["val", "all"] {
        let part = if split == "all" { "" } else { "the held-out part of " };
        assert_eq!(
            fails(&["evaluate", "--model", &run, "--pairs", &pairs, "--split", split, "--references", "all"]),
            format!(
                "--references is for generated sentences, and in {part}{pairs} all translations of a sentence are right: \
                 leave it out"
            )
        );
    }
    assert_eq!(
        fails(&["evaluate", "--model", &gpt, "--references", "one"]),
        format!("the model in {gpt} is of gpt, which does not translate: leave --references out")
    );
}

/// As Windows saves them: a byte-order mark, and lines that end in two characters.
#[test]
fn files_of_other_systems_say_the_same() {
    let place = Place::new();
    let (run, pairs) = (translator(&place), place.pairs());
    let foreign = |text: &str| format!("\u{FEFF}{}", text.replace('\n', "\r\n"));
    let other = place.file("windows.tsv", foreign(&fs::read_to_string(&pairs).unwrap()));
    let evaluate = |pairs: &str| {
        let found = succeeds(&["evaluate", "--model", &run, "--pairs", pairs, "--quiet"]);
        found.split_once('\n').unwrap().1.to_owned()
    };
    assert_eq!(evaluate(&other), evaluate(&pairs));
    let lines = place.file("lines.txt", foreign("one two\nthree\n"));
    assert_eq!(
        succeeds(&["translate", "--model", &run, "--file", &lines]),
        succeeds(&["translate", "--model", &run, "one two", "three"])
    );
}

#[test]
fn numbers_below_all_that_is_possible() {
    let place = Place::new();
    let run = translator(&place);
    let numbers = [("--seed", "0..=4294967295"), ("--count", "1..=1000000"), ("--beam", "0..=1000")];
    for (flag, range) in numbers {
        let output = lineage(&["evaluate", "--model", &run, flag, "-1"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("-1 is not in {range}")), "{said}");
    }
    for (flag, range) in [("--steps", "1..=1000000000"), ("--warmup", "0..=1000000000")] {
        let output = lineage(&["train", "attention", "--out", &place.at("none"), flag, "-1"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("-1 is not in {range}")), "{said}");
    }
    assert!(!place.path("none").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn streams_that_cannot_be_used() {
    let place = Place::new();
    let run = translator(&place);
    let folder = File::open(&run).unwrap();
    let expected = "standard input cannot be read: Is a directory (os error 21); give sentences as arguments, or a file with \
                    --file";
    assert_eq!(sentence(lineage(&["translate", "--model", &run]).stdin(folder).output().unwrap()), expected);
    let expected = "the result cannot be written to standard output: No space left on device (os error 28); make room, or send it \
                    to another place";
    for ask in [&["translate", "--model", &run, "one"][..], &["evaluate", "--model", &run, "--quiet"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        assert_eq!(sentence(lineage(ask).stdout(full).output().unwrap()), expected);
    }
}

#[test]
fn a_request_of_which_nothing_is_known() {
    let place = Place::new();
    let run = translator(&place);
    let expected = "sentence 2: none of the words of the request, from \"Der\" on, is among the 6 of this vocabulary; \
                    write it in other words, or use a model that was trained on pairs with these";
    assert_eq!(fails(&["translate", "--model", &run, "one two", "Der Vogel singt."]), expected);
}

#[test]
fn a_text_of_which_nothing_is_known() {
    let place = Place::new();
    let (text, run) = (place.file("known.txt", "one two three ".repeat(200)), place.at("run"));
    let train = ["train", "rnn", "--text", &text, "--out", &run, "--tokens", "word", "--steps", "1", "--quiet"];
    succeeds(&[&train, &tiny("rnn")[..]].concat());
    let other = place.file("other.txt", "vier fünf sechs ".repeat(20));
    assert_eq!(
        fails(&["evaluate", "--model", &run, "--text", &other]),
        format!("nothing in {other} is known to the model in {run}: give a text like the one it was trained on")
    );
    let mixed = place.file("mixed.txt", "one fünf two ".repeat(20));
    let found = succeeds(&["evaluate", "--model", &run, "--text", &mixed, "--quiet"]);
    assert!(found.ends_with("\nunknown tokens  16 of 48\n"), "{found}");
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
    assert_eq!(ask(b"\xEF\xBB\xBF"), "standard input is empty; choose a file with text in it");
    let expected = "standard input is not UTF-8 text: the byte 0xFF at offset 0 (line 1) belongs to no character; save \
                    the file as UTF-8";
    assert_eq!(ask(b"\xFF\none\n"), expected);
}

#[test]
fn a_request_far_too_long() {
    let place = Place::new();
    let run = translator(&place);
    let said = fails(&["translate", "--model", &run, &"one ".repeat(2000)]);
    assert_eq!(said, "sentence 1 has 2000 words, and at most 100 are taken: shorten it or cut it in two");
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

#[test]
fn a_heat_map_of_two_sentences() {
    let place = Place::new();
    let (run, svg) = (translator(&place), place.at("map.svg"));
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
    let ring = place.at("ring");
    std::os::unix::fs::symlink(&ring, &ring).unwrap();
    for path in [&ring, &format!("{ring}/map.svg")] {
        let said = draw(path);
        let expected = format!(
            "--heat-map {path} cannot be looked at: Too many levels of symbolic links (os error 40); choose another"
        );
        assert_eq!(said, expected);
    }
    let nowhere = place.at("nowhere/map.svg");
    assert!(draw(&nowhere).starts_with(&format!("cannot write {nowhere}: No such file or directory")));
}
