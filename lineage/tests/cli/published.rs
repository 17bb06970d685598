//! Models that others have published.

use std::fs;
use std::path::PathBuf;

use crate::program::{Place, fails, succeeds, tiny};

/// A folder with one of the small models that `published` is tested with, and a tokenizer of `tokens` letters.
fn folder(place: &Place, name: &str, tokens: usize) -> String {
    let to = place.path(name);
    fs::create_dir(&to).unwrap();
    let from = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../published/tests/fixtures")).join(name);
    for file in ["config.json", "model.safetensors"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let letters = "abcdefghijklmnopqrstuvwxyz ,.".chars().chain('A'..='Z').take(tokens);
    let vocabulary: Vec<String> = letters.enumerate().map(|(i, letter)| format!("\"{letter}\": {i}")).collect();
    let json = format!(
        r#"{{"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": null, "post_processor": null,
            "decoder": {{"type": "Fuse"}}, "model": {{"type": "BPE", "vocab": {{{}}}, "merges": []}}}}"#,
        vocabulary.join(", ")
    );
    fs::write(to.join("tokenizer.json"), json).unwrap();
    place.at(name)
}

fn text(place: &Place) -> String {
    place.file("cats.txt", "the cat sat on the mat, and the cat sat on the mat. ".repeat(60))
}

/// GPT-2's positions, LLaMA's and BLOOM's.
#[test]
fn an_imported_model_does_all_that_a_model_of_ones_own_does() {
    for name in ["gpt2", "llama_grouped", "bloom_3_heads"] {
        let place = Place::new();
        let (folder, text) = (folder(&place, name, 29), text(&place));
        let run = place.at("run");
        succeeds(&["import", &folder, "--out", &run, "--quiet"]);
        let said = succeeds(&["generate", "--model", &run, "--prompt", "the cat", "--tokens", "9", "--quiet"]);
        assert!(said.starts_with("the cat"), "{said}");
        let judged = |run: &str| {
            let said = succeeds(&["evaluate", "--model", run, "--text", &text, "--quiet"]);
            let nats = said.lines().find_map(|line| line.strip_prefix("nats per token")).unwrap();
            nats.trim().parse::<f64>().unwrap()
        };
        let before = judged(&run);
        let said = succeeds(&["explain", "--model", &run, "the cat", "--quiet"]);
        assert_eq!(said.contains("No vector is added for the place"), name != "gpt2", "{said}");
        assert!(succeeds(&["tokenize", "--model", &run, "a cat", "--quiet"]).contains("5 tokens"));
        let further = place.at("further");
        let steps = ["--steps", "30", "--lr", "0.01", "--batch", "4", "--dropout", "0.1", "--context", "16", "--quiet"];
        succeeds(&[&["train", "--from", &run, "--text", &text, "--out", &further], &steps[..]].concat());
        assert!(judged(&further) < before - 0.5, "{name}: {} after {before}", judged(&further));
        succeeds(&["train", "--resume", &further, "--quiet"]);
    }
}

#[test]
fn a_file_of_llama2c_is_imported_with_its_tokenizer() {
    let place = Place::new();
    let at = |name: &str| format!("{}/../published/tests/fixtures/llama2c/{name}", env!("CARGO_MANIFEST_DIR"));
    let (model, run) = (at("llama_grouped.v1.bin"), place.at("run"));
    let said = fails(&["import", &model, "--out", &run]);
    assert!(said.contains("put tokenizer.bin there, or name its file with --tokenizer"), "{said}");
    // With fewer tokens than those of bytes alone it is none of llama2.c's.
    let said = fails(&["import", &model, "--tokenizer", &at("tok33.bin"), "--out", &run]);
    assert!(said.contains("it has 33 tokens, and those of bytes and texts alone are 259"), "{said}");
    let letters = format!("{}/tokenizer.json", folder(&place, "gpt2", 29));
    succeeds(&["import", &model, "--tokenizer", &letters, "--out", &run, "--quiet"]);
    succeeds(&["generate", "--model", &run, "--prompt", "a cat", "--tokens", "5", "--quiet"]);
}

#[test]
fn what_cannot_be_imported_is_refused_with_one_sentence() {
    let place = Place::new();
    let out = place.at("run");
    let refused = |folder: &str, because: &str| {
        let said = fails(&["import", folder, "--out", &out]);
        assert!(said.contains(because), "{said}");
        assert!(!place.path("run").exists());
    };
    refused(&place.at("none"), "config.json");
    let good = folder(&place, "gpt2", 29);
    fs::remove_file(place.path("gpt2").join("tokenizer.json")).unwrap();
    refused(
        &good,
        "gpt2: put tokenizer.json or tokenizer.model or vocab.json there, or name its file with --tokenizer",
    );
    let larger = folder(&place, "gptj", 40);
    refused(&larger, "the tokenizer has 40 tokens, but the model in");
    let config = place.path("gptj").join("config.json");
    let edited = |from: &str, to: &str| {
        let text = fs::read_to_string(&config).unwrap();
        assert!(text.contains(from));
        fs::write(&config, text.replace(from, to)).unwrap();
    };
    fs::remove_dir_all(place.path("gptj")).unwrap();
    let larger = folder(&place, "gptj", 29);
    edited("\"gptj\"", "\"mamba\"");
    refused(&larger, "gpt2, gptj, gpt_neox, llama, falcon, bloom");
    edited("\"mamba\"", "\"gptj\"");
    edited("\"rotary_dim\": 4", "\"rotary_dim\": 5");
    refused(&larger, "of the 8 numbers of a head 5 cannot be rotated");
    let said = fails(&["train", "--from", &out, "--steps", "2"]);
    assert!(said.contains("there is no model in"), "{said}");
}

/// What was imported and exported says what it said before; what has no form of that kind is refused.
#[test]
fn a_model_goes_out_as_it_came_in() {
    let place = Place::new();
    for name in ["gpt2", "llama_head_dim"] {
        let [run, out, again] = ["run", "out", "again"].map(|part| place.at(&format!("{name}-{part}")));
        let folder = folder(&place, name, 29);
        succeeds(&["import", &folder, "--out", &run, "--quiet"]);
        succeeds(&["export", "--model", &run, "--out", &out, "--quiet"]);
        let tokenizer = format!("{folder}/tokenizer.json");
        succeeds(&["import", &out, "--tokenizer", &tokenizer, "--out", &again, "--quiet"]);
        let said =
            |run: &str| succeeds(&["generate", "--model", run, "--prompt", "the cat", "--tokens", "9", "--quiet"]);
        assert_eq!(said(&run), said(&again));
        let refused = fails(&["export", "--model", &run, "--out", &out]);
        assert!(refused.contains("is there already, and nothing is written over it"), "{refused}");
    }
    let run = place.at("bloom");
    succeeds(&["import", &folder(&place, "bloom_3_heads", 29), "--out", &run, "--quiet"]);
    let refused = fails(&["export", "--model", &run, "--out", &place.at("none")]);
    assert!(refused.contains("of neither GPT-2's nor LLaMA's architecture"), "{refused}");
    assert!(!place.path("none").exists());
}

/// LLaMA's decoder, trained here: learned, resumed, written, trained further and published as one.
#[test]
fn a_llama_is_trained_here_and_goes_out_as_one() {
    let place = Place::new();
    let (text, run, out) = (text(&place), place.at("run"), place.at("out"));
    let tiny = [&tiny("gpt")[..], &["--text", &text, "--tokens", "bpe", "--vocab-size", "270", "--quiet"]].concat();
    let train = |more: &[&str]| succeeds(&[&["train", "gpt"], &tiny[..], more].concat());
    train(&["--architecture", "llama", "--steps", "40", "--lr", "0.01", "--out", &run]);
    succeeds(&["train", "--resume", &run, "--quiet"]);
    let said = |run: &str| succeeds(&["generate", "--model", run, "--prompt", "the cat", "--tokens", "9", "--quiet"]);
    succeeds(&["export", "--model", &run, "--out", &out, "--quiet"]);
    assert!(fs::read_to_string(format!("{out}/config.json")).unwrap().contains("\"model_type\": \"llama\""));
    let again = place.at("again");
    succeeds(&["import", &out, "--out", &again, "--quiet"]);
    assert_eq!(said(&again), said(&run));
    let refused = fails(&["train", "--from", &run, "--architecture", "gpt2", "--out", &place.at("further")]);
    assert!(refused.contains("has --architecture llama, and its parameters fit no other"), "{refused}");
    let refused = fails(&["train", "lstm", "--architecture", "llama", "--text", &text]);
    assert!(refused.contains("lstm has no --architecture"), "{refused}");
    let refused = fails(&["train", "gpt", "--architecture", "llama", "--heads", "4", "--width", "20", "--text", &text]);
    assert!(refused.contains("5"), "{refused}"); // a head of odd width has no pairs to turn
}

#[test]
fn an_imported_model_has_no_text_of_its_own() {
    let place = Place::new();
    let run = place.at("run");
    succeeds(&["import", &folder(&place, "gpt2", 29), "--out", &run, "--quiet"]);
    for command in [vec!["evaluate", "--model", &run], vec!["train", "--from", &run]] {
        let said = fails(&command);
        assert!(
            said.contains("was trained by others, and not on what is built in: give a text of your own with --text"),
            "{said}"
        );
    }
}
