//! A run that was interrupted goes on as if nothing had happened.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use ndarray_rand::rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::program::{Place, TRANSLATORS, lineage, steps_saved, succeeds, tiny};

const STEPS: u64 = 36;

/// What every run here has in common.
const SETTINGS: &[&str] =
    &["--steps", "36", "--eval-every", "7", "--save-every", "1", "--dropout", "0.1", "--patience", "50"];

/// Waits until so many steps are saved, or the program has ended.
fn wait_for(steps: u64, run: &Path, child: &mut Child) {
    while steps_saved(run).is_none_or(|saved| saved < steps) && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(1));
    }
}

/// Kills a run three times at random, resumes it, and compares what it leaves with what an uninterrupted run leaves.
#[track_caller]
fn killed_and_resumed(place: &Place, stage: &str, train: &[&str], tokenizers: &[&str]) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let (whole, killed) = (place.at(&format!("{stage}-whole")), place.at(&format!("{stage}-killed")));
    let begin = |out| [&["train", stage, "--out", out, "--quiet"], train].concat();
    succeeds(&begin(&whole));

    let mut command = lineage(&begin(&killed));
    let mut last = 0;
    for _ in 0..3 {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_for(last + random.random_range(1..STEPS / 6), Path::new(&killed), &mut child);
        // Anywhere in a step, or in the writing of a checkpoint.
        sleep(Duration::from_micros(random.random_range(0..5000)));
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success(), "{stage}: it ended before it was killed");
        last = steps_saved(Path::new(&killed)).expect("a killed run leaves a complete checkpoint");
        assert!(last < STEPS);
        command = lineage(&["train", "--resume", &killed, "--quiet"]);
    }
    succeeds(&["train", stage, "--resume", &killed, "--quiet"]);
    for file in [&["checkpoint.safetensors", "model.safetensors", "config.json", "metrics.csv"], tokenizers].concat() {
        let [whole, killed] = [&whole, &killed].map(|run| fs::read(Path::new(run).join(file)).unwrap());
        assert!(whole == killed, "{stage}: {file} is not what an uninterrupted run writes");
    }
}

#[test]
fn runs_that_are_killed_and_resumed_end_with_the_same_bits() {
    let place = Place::new();
    let text = place.text();
    for stage in ["rnn", "lstm", "gru", "gpt"] {
        let carry: &[&str] = if stage == "gpt" { &[] } else { &["--carry"] };
        let sizes = [&tiny(stage)[..], carry].concat();
        killed_and_resumed(&place, stage, &[&["--text", &text], SETTINGS, &sizes].concat(), &["tokenizer.json"]);
    }
}

#[test]
fn translators_that_are_killed_and_resumed_end_with_the_same_bits() {
    let place = Place::new();
    let pairs = place.pairs();
    for stage in TRANSLATORS {
        // Of generated sentences too, which come without end.
        let data: &[&str] = if stage == "attention" { &[] } else { &["--pairs", &pairs] };
        killed_and_resumed(&place, stage, &[data, SETTINGS, &tiny(stage)].concat(), &["source.json", "target.json"]);
    }
}

#[test]
fn a_model_of_gaps_or_pairs_that_is_killed_and_resumed_ends_with_the_same_bits() {
    for (place, learns) in [(Place::new(), "--text"), (Place::new(), "--pairs")] {
        let data = if learns == "--text" { place.text() } else { place.pairs() };
        let sizes = ["--layers", "1", "--width", "16", "--heads", "2", "--batch", "4", "--vocab-size", "400"];
        killed_and_resumed(&place, "t5", &[&[learns, &data], SETTINGS, &sizes].concat(), &["tokenizer.json"]);
    }
}

#[test]
fn a_run_that_was_killed_before_its_first_checkpoint_begins_again() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    fs::create_dir(&run).unwrap();
    place.file("run/checkpoint.safetensors.k3x9abWq0TzR5mYc1LpV7e.partial", "half of it");
    succeeds(
        &[&["train", "rnn", "--text", &text, "--out", &run, "--steps", "1", "--quiet"], &tiny("rnn")[..]].concat(),
    );
    assert_eq!(steps_saved(Path::new(&run)), Some(1));
}
