//! The same seed gives the same bits on any number of threads.

use std::fs;

use crate::program::{Place, TRANSLATORS, succeeds};

#[test]
fn the_number_of_threads_changes_no_bit() {
    let place = Place::new();
    let text = place.text();
    for stage in ["rnn", "lstm", "gru", "gpt"] {
        let bits = ["1", "2", "4"].map(|threads| {
            let run = place.at(&format!("{stage}-{threads}"));
            // The default sizes, so that products, kernels and the optimiser do share their work among threads.
            let settings = ["--steps", "2", "--layers", "2", "--dropout", "0.1", "--accumulate", "2", "--seed", "7"];
            let train = ["train", stage, "--text", &text, "--out", &run, "--threads", threads, "--quiet"];
            succeeds(&[&train[..], &settings].concat());
            ["model.safetensors", "metrics.csv", "checkpoint.safetensors"]
                .map(|file| fs::read(place.path(&run).join(file)).unwrap())
        });
        assert!(bits[0] == bits[1], "{stage}: 1 and 2 threads differ");
        assert!(bits[0] == bits[2], "{stage}: 1 and 4 threads differ");
    }
}

#[test]
fn the_number_of_threads_changes_no_bit_of_a_translator() {
    let place = Place::new();
    for stage in TRANSLATORS {
        let bits = ["1", "2", "4"].map(|threads| {
            let run = place.at(&format!("{stage}-{threads}"));
            let settings = ["--steps", "2", "--layers", "2", "--dropout", "0.1", "--smoothing", "0.1", "--seed", "7"];
            let train = ["train", stage, "--out", &run, "--threads", threads, "--quiet"];
            succeeds(&[&train[..], &settings].concat());
            let evaluate =
                ["evaluate", "--model", &run, "--count", "8", "--beam", "2", "--threads", threads, "--quiet"];
            let found = succeeds(&evaluate).into_bytes();
            let files = ["model.safetensors", "metrics.csv", "checkpoint.safetensors"];
            (files.map(|file| fs::read(place.path(&run).join(file)).unwrap()), found)
        });
        assert!(bits[0] == bits[1], "{stage}: 1 and 2 threads differ");
        assert!(bits[0] == bits[2], "{stage}: 1 and 4 threads differ");
    }
}

#[test]
fn the_seed_changes_the_model() {
    let place = Place::new();
    let text = place.text();
    let models = ["1", "2"].map(|seed| {
        let run = place.at(seed);
        let train = ["train", "rnn", "--text", &text, "--out", &run, "--steps", "1", "--seed", seed, "--quiet"];
        succeeds(&[&train, &crate::program::tiny("rnn")[..]].concat());
        fs::read(place.path(seed).join("model.safetensors")).unwrap()
    });
    assert!(models[0] != models[1]);
}
