//! A comparison that was stopped goes on where it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::program::{Place, lineage, succeeds};

/// A claim whose trainings take seconds.
const CLAIM: &str = "C7";

fn compare<'a>(out: &'a str, trainings: &'a str) -> [&'a str; 7] {
    ["compare", "--only", CLAIM, "--out", out, "--trainings", trainings]
}

/// What is kept in a folder of trainings, by all versions of the program.
fn kept(trainings: &str) -> Vec<PathBuf> {
    let folders = fs::read_dir(trainings).into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder.path()).unwrap().flatten());
    let files = files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|ending| ending == "cbor"));
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    files
}

fn wait_for(trainings: &str, count: usize, child: &mut Child) {
    while kept(trainings).len() < count {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was killed");
        sleep(Duration::from_millis(5));
    }
}

/// What the program says on its way.
fn said(arguments: &[&str]) -> String {
    let output = lineage(arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn killed_it_goes_on_from_what_was_kept_and_finds_the_same() {
    let place = Place::new();
    let (whole, killed, trainings) = (place.at("whole"), place.at("killed"), place.at("trainings"));
    let mut child = lineage(&compare(&killed, &trainings)).stderr(Stdio::null()).spawn().unwrap();
    wait_for(&trainings, 3, &mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    let before = kept(&trainings).len();
    assert!(!Path::new(&killed).join("index.html").exists());

    // One that is damaged is trained anew, and so is all that was not finished.
    let damaged = kept(&trainings).pop().unwrap();
    let mut content = fs::read(&damaged).unwrap();
    *content.last_mut().unwrap() ^= 1;
    fs::write(&damaged, content).unwrap();
    let said_again = said(&compare(&killed, &trainings));
    let expected =
        format!("{} cannot be used: it was cut off or changed; the training is made anew", damaged.display());
    assert_eq!(said_again.lines().filter(|line| **line == expected).count(), 1, "{said_again}");
    let found = format!("with {} trainings from an earlier comparison", before - 1);
    assert!(said_again.contains(&found.replace(" 1 trainings", " 1 training")), "{said_again}");

    // Nothing is taken from there if it is not wanted; what is in both reports is the same.
    let fresh = [&compare(&whole, &trainings)[..], &["--fresh"]].concat();
    assert!(!said(&fresh).contains("from an earlier comparison"));
    succeeds(&["report", "diff", &whole, &killed]);
}

#[test]
fn where_nothing_can_be_kept_the_comparison_goes_on_and_says_so_once() {
    let place = Place::new();
    let mine = place.file("mine", "a file of the reader's");
    let said = said(&compare(&place.at("report"), &mine));
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("no more trainings are kept")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    assert!(lines[0].ends_with("The comparison goes on; if it is stopped, those that follow are lost"), "{said}");
    assert_eq!(fs::read_to_string(mine).unwrap(), "a file of the reader's");
    assert!(place.path("report").join("index.html").is_file());
}

#[test]
fn trainings_of_other_versions_are_named_and_left_alone() {
    let place = Place::new();
    let (out, trainings) = (place.at("report"), place.at("trainings"));
    let other = place.path("trainings").join("0123456789abcdef");
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("training.cbor"), "of an older program").unwrap();
    let said = said(&["compare", "--only", "C12", "--out", &out, "--trainings", &trainings]);
    let expected =
        "trainings also holds trainings of 1 other version of the program, which are not used and may be deleted";
    assert!(said.lines().any(|line| line.ends_with(expected)), "{said}");
    assert_eq!(fs::read_to_string(other.join("training.cbor")).unwrap(), "of an older program");
}
