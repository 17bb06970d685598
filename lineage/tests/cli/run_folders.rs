//! Folders of runs that are links, or are moved while a program trains in them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::program::{Place, fails, lineage, sentence, steps_saved, succeeds, tiny};

#[test]
fn a_link_to_a_folder_is_that_folder() {
    let place = Place::new();
    let (text, link, folder) = (place.text(), place.at("link"), place.path("folder"));
    fs::create_dir(&folder).unwrap();
    symlink(&folder, &link).unwrap();
    let train = ["train", "rnn", "--text", &text, "--out", &link, "--steps", "2", "--quiet"];
    succeeds(&[&train, &tiny("rnn")[..]].concat());
    succeeds(&["train", "--resume", &link, "--quiet"]);
    succeeds(&["evaluate", "--model", &link, "--quiet"]);
    assert!(Path::new(&link).is_symlink());
    assert_eq!(steps_saved(&folder), Some(2));
}

#[test]
fn a_link_to_nothing_is_left_alone() {
    let place = Place::new();
    let (text, link) = (place.text(), place.at("link"));
    symlink(place.path("nothing"), &link).unwrap();
    let said = fails(&["train", "rnn", "--text", &text, "--out", &link]);
    assert!(said.starts_with(&format!("{link} cannot be made a folder: ")), "{said}");
    assert!(said.ends_with("; choose another with --out"), "{said}");
    assert!(Path::new(&link).is_symlink() && !place.path("nothing").exists());
}

#[test]
fn a_run_whose_folder_was_moved_ends_and_goes_on_there() {
    let place = Place::new();
    let (text, run, moved) = (place.text(), place.at("run"), place.at("moved"));
    let train = ["train", "rnn", "--text", &text, "--out", &run, "--steps", "1000000", "--save-every", "1", "--quiet"];
    let mut child =
        lineage(&[&train, &tiny("rnn")[..]].concat()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while steps_saved(Path::new(&run)).is_none() && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(1));
    }
    fs::rename(&run, &moved).unwrap();
    let said = sentence(child.wait_with_output().unwrap());
    // Whether it was writing a checkpoint or reading it back to derive the model.
    assert_eq!(
        said,
        format!(
            "{run} was moved or removed while the run wrote there; go on where it is now by --resume, or begin again"
        )
    );
    assert!(!Path::new(&run).exists());
    assert!(steps_saved(Path::new(&moved)).is_some());
}
