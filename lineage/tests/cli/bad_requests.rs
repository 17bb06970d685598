//! What goes wrong when a translator that was trained is used: with its files, with what it is asked, and with where the
//! answer goes.

use std::fs::{self, File};
use std::path::Path;

use tensor::{Checkpoint, Real};

use crate::program::{Place, fails, lineage, sentence, succeeds, tiny, trained, translator};

/// A translator whose only word is the space says nothing, however it was trained.
#[test]
fn a_heat_map_of_nothing() {
    let place = Place::new();
    let (run, pairs, svg) = (place.at("run"), place.pairs(), place.at("map.svg"));
    let train = ["train", "attention", "--pairs", &pairs, "--out", &run, "--steps", "1", "--quiet"];
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
    for path in [config.as_str(), &place.at("map.png"), &place.at("map")] {
        assert_eq!(
            fails(&["translate", "--model", &run, "--heat-map", path, "one"]),
            format!("--heat-map {path} does not end in .svg, and it draws SVG: give a name that does")
        );
    }
    assert_eq!(fs::read(&config).unwrap(), before);
    assert!(!place.path("map.png").exists());

    let svg = place.file("map.SVG", "an older drawing");
    succeeds(&["translate", "--model", &run, "--heat-map", &svg, "one"]);
    assert!(fs::read_to_string(&svg).unwrap().starts_with("<svg"));
}

/// Nothing would follow from them but an empty translation.
#[test]
fn parameters_that_are_not_finite() {
    let place = Place::new();
    let run = translator(&place);
    let path = Path::new(&run).join("model.safetensors");
    let mut model = Checkpoint::load(&path).unwrap();
    model.arrays.values_mut().for_each(|array| array.fill(Real::NAN));
    model.save(&path).unwrap();
    for ask in [&["translate", "--model", &run, "one"][..], &["evaluate", "--model", &run]] {
        let said = fails(ask);
        assert!(said.starts_with(&format!("{}: ", path.display())), "{said}");
        let way_out = format!(
            " has numbers that are not finite, so the file is damaged; restore it, or write it again from the checkpoint \
             by `lineage train --resume {run}`"
        );
        assert!(said.ends_with(&way_out), "{said}");
    }
    succeeds(&["train", "--resume", &run, "--quiet"]);
    succeeds(&["translate", "--model", &run, "one"]);
}

#[test]
fn files_of_a_translator_that_cannot_be_read() {
    let place = Place::new();
    let run = translator(&place);
    let at = |file: &str| Path::new(&run).join(file);
    let ask = || fails(&["translate", "--model", &run, "one"]);
    for file in ["config.json", "source.json", "target.json", "model.safetensors"] {
        let before = fs::read(at(file)).unwrap();
        for damaged in [&before[..before.len() / 2], b"", b"\xFF\xFE"] {
            fs::write(at(file), damaged).unwrap();
            let said = ask();
            assert!(said.starts_with(&at(file).display().to_string()), "{said}");
            assert!(["restore", "use another"].iter().any(|way_out| said.contains(way_out)), "{said}");
        }
        fs::write(at(file), before).unwrap();
    }
    succeeds(&["translate", "--model", &run, "one"]);
    let file = at("model.safetensors").display().to_string();
    let expected = format!("{file} is a file: give the folder that `lineage train` wrote");
    #[cfg(unix)] // Elsewhere nothing is below a file.
    assert_eq!(fails(&["translate", "--model", &file, "one"]), expected);
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
    let expected = "the result cannot be written: No space left on device (os error 28); make room, or send it to another \
                    place";
    for ask in [&["translate", "--model", &run, "one"][..], &["evaluate", "--model", &run, "--quiet"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        assert_eq!(sentence(lineage(ask).stdout(full).output().unwrap()), expected);
    }
}
