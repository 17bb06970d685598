//! What the commands do when all is well.

use std::fs;
use std::path::Path;

use crate::program::{Place, lineage, succeeds, tiny, trained};

#[test]
fn training_leaves_a_model_its_configuration_its_tokenizer_and_its_metrics() {
    let place = Place::new();
    let run = trained(&place);
    let read = |file: &str| fs::read_to_string(Path::new(&run).join(file)).unwrap();

    let config: serde_json::Value = serde_json::from_str(&read("config.json")).unwrap();
    assert_eq!(config["model"]["stage"], "gpt");
    assert_eq!(config["training"]["steps"], 8);
    assert_eq!(config["training"]["min-lr"], 1e-4);
    assert_eq!(config["text"]["name"], "text.txt");
    assert_eq!(data::tokenize::from_json(&read("tokenizer.json")).unwrap().decode(&[0]), "\n");

    let metrics = read("metrics.csv");
    let steps: Vec<_> = metrics.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(steps, ["step", "1", "2", "3", "4", "5", "6", "7", "8"]);

    let model = tensor::Checkpoint::load(&Path::new(&run).join("model.safetensors")).unwrap();
    let checkpoint = tensor::Checkpoint::load(&Path::new(&run).join("checkpoint.safetensors")).unwrap();
    assert_eq!(model.arrays["wte.weight"].shape()[1], 16);
    for (name, array) in &model.arrays {
        assert_eq!(array, &checkpoint.arrays[&format!("model.{name}")], "{name}");
    }
}

#[test]
fn training_learns() {
    let place = Place::new();
    let (text, run) = (place.file("text.txt", "abcdefgh".repeat(200)), place.at("run"));
    for stage in ["rnn", "lstm", "gru", "gpt"] {
        let run = format!("{run}-{stage}");
        let train = ["train", stage, "--text", &text, "--out", &run, "--steps", "300", "--lr", "0.01", "--quiet"];
        succeeds(&[&train, &tiny(stage)[..]].concat());
        let said = succeeds(&["generate", "--model", &run, "--prompt", "cde", "--tokens", "10", "--temperature", "0"]);
        assert_eq!(said, "cdefghabcdefg\n", "{stage}");
    }
}

#[test]
fn evaluation_reads_the_whole_text_in_consecutive_windows() {
    let place = Place::new();
    let (run, text) = (trained(&place), place.text());
    let lines = |split: &str| {
        let out = succeeds(&["evaluate", "--model", &run, "--text", &text, "--split", split, "--quiet"]);
        out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    // 600 characters of validation text hold 37 windows of 16 with a target each; 6,000 in all hold 374.
    let validation = lines("val");
    assert_eq!(validation[0], format!("the validation part of {text}: 37 windows of 16 tokens"));
    assert_eq!(validation[5], "tokens          592");
    assert_eq!(lines("all")[0], format!("{text}: 374 windows of 16 tokens"));

    let number = |line: &str| line.split_whitespace().last().unwrap().parse::<f64>().unwrap();
    let (nats, bits) = (number(&validation[1]), number(&validation[2]));
    assert!((bits - nats / std::f64::consts::LN_2).abs() < 1e-4);
    let metrics = fs::read_to_string(Path::new(&run).join("metrics.csv")).unwrap();
    let last = metrics.lines().last().unwrap().split(',').nth(2).unwrap().parse::<f64>().unwrap();
    assert_eq!(validation[1], format!("nats per token  {last:.4}"));
}

/// Without `--text` that is the one it was trained on.
#[test]
fn evaluation_finds_the_text_again() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    succeeds(
        &[&["train", "rnn", "--text", &text, "--out", &run, "--steps", "1", "--quiet"], &tiny("rnn")[..]].concat(),
    );
    let evaluate = ["evaluate", "--model", &run, "--split", "val", "--quiet"];
    assert_eq!(succeeds(&evaluate), succeeds(&[&evaluate[..], &["--text", &text]].concat()));
    fs::remove_file(&text).unwrap();
    let said = crate::program::fails(&evaluate[..5]);
    let expected =
        format!("there is no file {text}; check the path, or give what the run in {run} is trained on with --text");
    assert_eq!(said, expected);
}

#[test]
fn generation_is_a_function_of_prompt_seed_and_temperature() {
    let place = Place::new();
    let run = trained(&place);
    let say = |more: &[&str]| {
        succeeds(&[&["generate", "--model", &run, "--prompt", "Mr. Fogg", "--tokens", "40"], more].concat())
    };
    let first = say(&["--seed", "3"]);
    assert!(first.starts_with("Mr. Fogg"));
    assert_eq!(first.chars().count(), "Mr. Fogg".len() + 40 + 1);
    assert_eq!(first, say(&["--seed", "3", "--threads", "1"]));
    assert_ne!(first, say(&["--seed", "4"]));
    assert_eq!(say(&["--temperature", "0"]), say(&["--temperature", "0", "--threads", "1"]));
    assert_ne!(say(&["--temperature", "0"]), first);
}

#[test]
fn progress_is_plain_lines_without_a_terminal_and_nothing_if_quiet() {
    let place = Place::new();
    let text = place.text();
    let stderr = |out: &str, more: &[&str]| {
        let train = ["train", "rnn", "--text", &text, "--out", out, "--steps", "4", "--eval-every", "2"];
        let output = lineage(&[&train, &tiny("rnn")[..], more].concat()).output().unwrap();
        assert!(output.status.success());
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    let run = place.at("loud");
    let said = stderr(&run, &[]);
    assert!(!said.contains(['\r', '\x1b']), "{said:?}");
    assert!(said.contains("step 2: training loss "), "{said}");
    assert!(said.contains(&format!("finished all 4 steps; the model is in {run}\n")), "{said}");
    assert_eq!(stderr(&place.at("quiet"), &["--quiet"]), "");
}

#[test]
fn help_has_examples() {
    for command in ["train", "evaluate", "generate", "translate", "fill", "embed", "tokenize", "compare"] {
        let help = succeeds(&[command, "--help"]);
        assert!(help.contains(&format!("Examples:\n  lineage {command} ")), "{help}");
        for flag in ["--threads", "--seed", "--quiet"] {
            assert!(help.contains(flag), "{command} has no {flag}");
        }
    }
}

/// As many parameters as gpt's 804,096, within one in a hundred.
#[test]
fn the_preset_gives_every_stage_as_many_parameters() {
    let place = Place::new();
    // 65 characters, as tiny Shakespeare has.
    let alphabet: String = ('A'..).take(65).collect();
    let text = place.file("text.txt", alphabet.repeat(20));
    for stage in ["rnn", "lstm", "gru", "gpt"] {
        let run = place.at(stage);
        let train =
            ["train", stage, "--text", &text, "--out", &run, "--preset", "nanogpt-cpu", "--steps", "1", "--quiet"];
        succeeds(&train);
        let model = tensor::Checkpoint::load(&Path::new(&run).join("model.safetensors")).unwrap();
        let count: usize = model.arrays.values().map(|array| array.len()).sum();
        assert!(count.abs_diff(804_096) < 8_041, "{stage} has {count} parameters");
    }
}
