//! Models that read a text and write one: gaps, translations, and what others have published.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use crate::program::{Place, encoder, fails, lineage, succeeds, text_to_text, trained};

const SIZES: [&str; 10] = ["--layers", "1", "--width", "32", "--heads", "2", "--batch", "16", "--vocab-size", "400"];

fn number(said: &str, before: &str) -> f64 {
    let line = said.lines().find_map(|line| line.strip_prefix(before));
    line.unwrap_or_else(|| panic!("no {before:?} in {said}")).trim().parse().unwrap()
}

/// What a command says on standard error, which must succeed.
fn told(arguments: &[&str]) -> String {
    let output = lineage(arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

/// A folder with one of the small models that `published` is tested with, and a tokenizer of letters behind T5's ends, with
/// sentinels.
fn folder(place: &Place, name: &str) -> String {
    let to = place.path(name);
    fs::create_dir(&to).unwrap();
    let from = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../published/tests/fixtures")).join(name);
    for file in ["config.json", "model.safetensors"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let pieces = ["<pad>", "</s>", "<unk>", "a", "b", "c", "d", " ", "<extra_id_1>", "<extra_id_0>"];
    let vocabulary: Vec<String> = pieces.iter().enumerate().map(|(i, piece)| format!("\"{piece}\": {i}")).collect();
    let special =
        |i: usize| format!(r#"{{"id": {i}, "content": "{}", "normalized": false, "special": true}}"#, pieces[i]);
    let special = [0, 1, 2, 8, 9].map(special).join(", ");
    let json = format!(
        r#"{{"version": "1.0", "added_tokens": [{special}], "normalizer": null, "pre_tokenizer": null, "post_processor": null,
            "decoder": {{"type": "Fuse"}}, "model": {{"type": "BPE", "vocab": {{{}}}, "merges": [], "unk_token": "<unk>"}}}}"#,
        vocabulary.join(", ")
    );
    fs::write(to.join("tokenizer.json"), json).unwrap();
    place.at(name)
}

#[test]
fn a_model_learns_to_write_what_gaps_lack() {
    let place = Place::new();
    let text = place.file("text.txt", "one two three four five six seven eight nine ten, ".repeat(120));
    let run = place.at("run");
    let train = ["train", "t5", "--text", &text, "--out", &run, "--steps", "400", "--context", "16", "--lr", "0.005"];
    let sizes = ["--layers", "2", "--width", "32", "--heads", "2", "--batch", "16", "--vocab-size", "400"];
    succeeds(&[&train, &sizes[..], &["--schedule", "cosine", "--quiet"]].concat());
    let gaps = " three four <extra_id_0> seven eight nine ten, one two three four five six";
    let said = succeeds(&["fill", "--model", &run, gaps]);
    assert_eq!(said, " three four five six seven eight nine ten, one two three four five six\n");
    let generate = ["generate", "--model", &run, "--prompt", gaps];
    let greedy = succeeds(&[&generate[..], &["--temperature", "0", "--quiet"]].concat());
    assert_eq!(greedy, "<extra_id_0> five six<extra_id_1>\n");
    assert_eq!(succeeds(&[&generate[..], &["--beams", "3", "--quiet"]].concat()), greedy);
    // Who knows how often each of the 11 tokens stands has ln 11 = 2.4.
    assert!(number(&succeeds(&["evaluate", "--model", &run, "--quiet"]), "nats per token") < 1.0);
}

/// Every prompt is answered as if it were alone; a text may be stopped at, cut off, and shown step by step.
#[test]
fn generation_answers_prompts_under_all_controls() {
    let place = Place::new();
    let run = text_to_text(&place);
    let say = |more: &[&str]| succeeds(&[&["generate", "--model", &run, "--tokens", "12", "--quiet"], more].concat());
    let [one, other] = ["Mr. <extra_id_0>", "the house in Savile Row was <extra_id_0> and"].map(|prompt| {
        let alone = say(&["--prompt", prompt, "--samples", "2"]);
        assert_eq!(alone, say(&["--prompt", prompt, "--samples", "2", "--threads", "1"]));
        assert_ne!(alone, say(&["--prompt", prompt, "--samples", "2", "--seed", "2"]));
        alone
    });
    let both = say(&[
        "--prompt",
        "Mr. <extra_id_0>",
        "--prompt",
        "the house in Savile Row was <extra_id_0> and",
        "--samples",
        "2",
    ]);
    let parts: Vec<&str> = both.split("── prompt 2, sample 1 ──\n").collect();
    for (part, alone) in parts.iter().zip([&one, &other]) {
        for text in alone.split(['─', '\n']).filter(|text| text.len() > 20) {
            assert!(part.contains(text), "{text:?} is not in {part}");
        }
    }
    let table = say(&["--prompt", "a", "--top-k", "3", "--show-controls"]);
    assert!(table.contains("top-k 3") && table.contains("drawn: "), "{table}");
    let said = told(&["generate", "--model", &run, "--prompt", "a", "--tokens", "1", "--top-k", "1"]);
    assert!(said.contains("cut off after 1 token, since the model came to no end: give more --tokens"), "{said}");
}

#[test]
fn evaluation_makes_the_gaps_that_a_seed_makes() {
    let place = Place::new();
    let (run, text) = (text_to_text(&place), place.text());
    let nats = |more: &[&str]| {
        let evaluate = ["evaluate", "--model", &run, "--text", &text, "--split", "val", "--quiet"];
        number(&succeeds(&[&evaluate, more].concat()), "nats per token")
    };
    let metrics = fs::read_to_string(place.path("gaps").join("metrics.csv")).unwrap();
    let last: f64 = metrics.lines().last().unwrap().split(',').nth(2).unwrap().parse().unwrap();
    assert_eq!(format!("{last:.4}"), format!("{:.4}", nats(&[])));
    assert_ne!(nats(&["--seed", "2"]), nats(&[]));
}

#[test]
fn a_model_is_trained_further_explained_embedded_and_adopted_as_every_model() {
    let place = Place::new();
    let (run, text, pairs) = (text_to_text(&place), place.text(), place.pairs());
    let further = place.at("further");
    let from = ["train", "--from", &run, "--steps", "3", "--quiet", "--out", &further];
    // A T5 knows distances of any length.
    succeeds(&[&from[..], &["--text", &text, "--context", "40"]].concat());
    fs::remove_dir_all(place.path("further")).unwrap();
    // From gaps to translations, and back to what it is known by.
    succeeds(&[&from[..], &["--pairs", &pairs, "--prefix", "upside down: "]].concat());
    succeeds(&["train", "--resume", &further, "--quiet"]);
    assert!(succeeds(&["evaluate", "--model", &further, "--quiet", "--count", "5"]).contains("BLEU"));
    assert!(
        fails(&["train", "--from", &run, "--width", "32"]).contains("has --width 16, and its parameters fit no other")
    );
    succeeds(&["adopt", &run, "--quiet"]);
    assert!(succeeds(&["tokenize", "--model", &run, "a <extra_id_0>", "--quiet"]).contains("<extra_id_0>"));

    let said = succeeds(&["explain", "--model", &run, "Mr. Fogg <extra_id_0>", "--quiet"]);
    for step in ["1. Tokens", "3. Distances", "4. Encoder", "5. Decoder", "8. Repeat"] {
        assert!(said.contains(step), "{said}");
    }
    let page = place.at("page.html");
    succeeds(&["explain", "--model", &run, "Mr. Fogg", "--html", &page, "--tokens", "2", "--quiet"]);
    assert!(fs::read_to_string(&page).unwrap().contains("What is written for "));

    let embed = ["embed", "--model", &run, "--quiet"];
    let vectors = |texts: &[&str]| -> Vec<Vec<f64>> {
        let said = succeeds(&[&embed[..], texts].concat());
        said.lines().map(|line| line.split(' ').map(|x| x.parse().unwrap()).collect()).collect()
    };
    let together = vectors(&["Mr. Fogg", "the house in Savile Row"]);
    assert_eq!(together.iter().map(Vec::len).collect::<Vec<_>>(), [16; 2]);
    assert!((together[0].iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-5);
    assert!(vectors(&["Mr. Fogg"])[0].iter().zip(&together[0]).all(|(a, b)| (a - b).abs() < 1e-5));
    let said = fails(&[&embed[..3], &["--pooling", "first", "a"]].concat());
    assert!(said.contains("whose first token is as any other: leave --pooling first out"), "{said}");
}

/// Three English digits, translated from the last to the first; of a task that is named before them.
#[test]
fn a_model_learns_to_translate() {
    let place = Place::new();
    let (pairs, run) = (place.pairs(), place.at("run"));
    let train =
        ["train", "t5", "--pairs", &pairs, "--out", &run, "--steps", "700", "--lr", "0.005", "--prefix", "back: "];
    succeeds(&[&train, &SIZES[..], &["--quiet"]].concat());
    let sentences = ["one two three", "six five four"];
    let translate = ["translate", "--model", &run, "--quiet"];
    let said = succeeds(&[&translate[..], &sentences].concat());
    assert_eq!(said, "III II I\nIV V VI\n");
    assert_eq!(succeeds(&[&translate[..], &["--beam", "3"], &sentences].concat()), said);
    assert_ne!(succeeds(&[&translate[..], &["--prefix", "VI III "], &sentences].concat()), said);
    let mut child = lineage(&translate).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"one two three\n\nsix five four\n").unwrap();
    let streamed = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(streamed, "III II I\n\nIV V VI\n");

    let said = succeeds(&["evaluate", "--model", &run, "--quiet"]);
    assert!(number(&said, "nats per token") < 0.2, "{said}");
    assert!(said.contains("BLEU") && said.contains("chrF"), "{said}");
    // The loss on the way is that of the same sentences.
    let metrics = fs::read_to_string(place.path("run").join("metrics.csv")).unwrap();
    let last: f64 = metrics.lines().last().unwrap().split(',').nth(2).unwrap().parse().unwrap();
    assert_eq!(format!("{last:.4}"), format!("{:.4}", number(&said, "nats per token")));
    let of_three = ["evaluate", "--model", &run, "--pairs", &pairs, "--words", "3", "--count", "9", "--split", "all"];
    assert!(succeeds(&[&of_three[..], &["--quiet"]].concat()).starts_with("the sentences of 3 words in"));
    // It may still be asked to fill gaps.
    succeeds(&["fill", "--model", &run, "--quiet", "one <extra_id_0> three"]);
}

/// Version 1.0 and 1.1, as files of transformers 4 and 5 say it.
#[test]
fn an_imported_t5_does_all_that_one_of_ones_own_does_and_goes_out_again() {
    for name in ["t5", "t5_v1_1", "t5_v1_1_transformers_4"] {
        let place = Place::new();
        let [run, out, again, further] = ["run", "out", "again", "further"].map(|part| place.at(part));
        let said = told(&["import", &folder(&place, name), "--out", &run]);
        assert!(said.contains("a t5 of ") && said.contains("next: lineage fill --model"), "{said}");
        let said = |run: &str| {
            let fill = succeeds(&["fill", "--model", run, "ab <extra_id_0> d", "--quiet"]);
            let embed = succeeds(&["embed", "--model", run, "--quiet", "abcd", "d"]);
            let generate = ["generate", "--model", run, "--quiet", "--prompt", "abc d", "--tokens", "9"];
            fill + &embed + &succeeds(&generate)
        };
        assert!(succeeds(&["explain", "--model", &run, "ab c", "--quiet"]).contains("5. Decoder"));
        let text = place.file("letters.txt", "abcd dcba ab ".repeat(60));
        let judged =
            |run: &str| number(&succeeds(&["evaluate", "--model", run, "--text", &text, "--quiet"]), "nats per token");
        let train = ["train", "--from", &run, "--text", &text, "--out", &further, "--steps", "30", "--lr", "0.01"];
        succeeds(&[&train[..], &["--context", "8", "--batch", "8", "--validation-share", "0.5", "--quiet"]].concat());
        let before = judged(&run);
        assert!(judged(&further) < before - 0.5, "{name}: {} after {before}", judged(&further));
        succeeds(&["train", "--resume", &further, "--quiet"]);
        let translated = succeeds(&["translate", "--model", &run, "--quiet", "--prefix", "d: ", "abc"]);
        assert_eq!(translated.lines().count(), 1);

        succeeds(&["export", "--model", &run, "--out", &out, "--quiet"]);
        for file in ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"] {
            assert!(place.path("out").join(file).exists(), "{name} lacks {file}");
        }
        succeeds(&["import", &out, "--out", &again, "--quiet"]);
        assert_eq!(said(&again), said(&run), "{name}");
    }
}

#[test]
fn what_a_model_cannot_do_is_refused_with_the_command_that_can() {
    let place = Place::new();
    let (run, gpt, bert) = (text_to_text(&place), trained(&place), encoder(&place));
    let (text, pairs) = (place.text(), place.pairs());
    assert_eq!(
        fails(&["translate", "--model", &run, "a"]),
        format!(
            "the model in {run} has learned to fill gaps, and not to translate: use `lineage fill --model {run}`, or train it \
             further by `lineage train --from {run} --pairs FILE`"
        )
    );
    assert!(fails(&["translate", "--model", &run, "--alignment", "a"]).contains("of t5 no alignment is shown"));
    assert_eq!(
        fails(&["evaluate", "--model", &run, "--text", &text, "--beam", "2"]),
        format!(
            "--beam is for translations, and the model in {run} fills gaps of a text: give --pairs, or leave it out"
        )
    );
    assert!(
        fails(&["fill", "--model", &run, "no gap"])
            .starts_with("the text has no <extra_id_0>, which says where to write")
    );
    assert!(fails(&["fill", "--model", &run, "--top", "3", "a <extra_id_0>"]).starts_with("--top cannot act, since"));
    assert_eq!(fails(&["translate", "--model", &gpt, "--prefix", "x", "a"]).lines().count(), 1);
    assert!(fails(&["fill", "--model", &bert, "a <extra_id_0>"]).starts_with("the text has no [MASK]"));
    let train = |more: &[&str]| fails(&[&["train", "t5", "--out", &place.at("none")], more].concat());
    assert!(train(&["--text", &text, "--tokens", "word"]).ends_with("give --tokens bpe, or leave --tokens out"));
    assert!(train(&["--text", &text, "--context", "1"]).contains("has no place for a gap and for what is left"));
    assert!(train(&["--text", &text, "--vocab-size", "300"]).contains("give a --vocab-size of at least 358"));
    assert!(train(&["--text", &text, "--preset", "nanogpt-cpu"]).contains("the presets are of language models"));
    assert!(train(&["--text", &text, "--smoothing", "0.1"]).starts_with("t5 has no --smoothing"));
    assert!(train(&["--pairs", &pairs, "--context", "9"]).contains("and pairs are read whole: leave it out"));
    assert!(train(&["--text", &text, "--prefix", "a"]).contains("and a text has none: give --pairs, or leave it out"));
    assert!(train(&["--pairs", &text]).contains("text.txt"));
    assert!(train(&["--text", &place.file("short.txt", "abc")]).contains("short.txt"));
    assert!(!place.path("none").exists());
    let said = fails(&["train", "--resume", &run, "--pairs", &pairs]);
    assert_eq!(said, "t5 learns from what --text names: give its file with that");
}

#[test]
fn bad_folders_of_published_t5s_are_told_in_one_sentence() {
    let place = Place::new();
    let (good, out) = (folder(&place, "t5"), place.at("run"));
    let at = |file: &str| place.path("t5").join(file);
    let refused = |because: &str| {
        let said = fails(&["import", &good, "--out", &out]);
        assert!(said.contains(because), "{said}");
        assert!(!place.path("run").exists());
    };
    let tokenizer = fs::read_to_string(at("tokenizer.json")).unwrap();
    fs::remove_file(at("tokenizer.json")).unwrap();
    refused("put tokenizer.json or spiece.model there, or name its file with --tokenizer");
    fs::write(at("spiece.model"), "no pieces").unwrap();
    refused("spiece.model");
    fs::write(at("tokenizer.json"), &tokenizer).unwrap();
    let config = fs::read_to_string(at("config.json")).unwrap();
    let end: serde_json::Value = serde_json::from_str(&config).unwrap();
    let said = |end: &serde_json::Value| fs::write(at("config.json"), end.to_string()).unwrap();
    let mut other = end.clone();
    other["eos_token_id"] = 11.into();
    said(&other);
    refused("config.json says that texts begin or end with token 11, and the tokenizer has 10");
    other["eos_token_id"] = 1.into();
    other["num_layers"] = 3.into();
    said(&other);
    refused("encoder.block.2");
    other["num_layers"] = 0.into();
    said(&other);
    refused("config.json");

    // Without sentinels there is nothing to fill, and everything else.
    said(&end);
    fs::write(at("tokenizer.json"), tokenizer.replace("extra_id", "other")).unwrap();
    let said = told(&["import", &good, "--out", &out]);
    assert!(said.contains("its tokenizer has no <extra_id_0>, so `fill` has no use for it"), "{said}");
    succeeds(&["generate", "--model", &out, "--prompt", "ab", "--quiet"]);
    let text = place.file("letters.txt", "abcd dcba ab ".repeat(60));
    let none = "the tokenizer has no tokens <extra_id_0>, <extra_id_1> and so on";
    assert!(fails(&["fill", "--model", &out, "a <extra_id_0>"]).starts_with(none));
    assert!(fails(&["evaluate", "--model", &out, "--text", &text]).starts_with(none));
    let train = ["train", "--from", &out, "--text", &text, "--out", &place.at("further")];
    assert!(fails(&train).starts_with(none));
    let said = fails(&["translate", "--model", &out, "ab"]);
    assert!(said.contains("give these with --prefix, for example 'translate English to German: '"), "{said}");
}

/// What `--help` says that a stage is given, its file says.
#[test]
fn the_defaults_are_those_of_the_help() {
    let place = Place::new();
    text_to_text(&place);
    let config: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(place.path("gaps").join("config.json")).unwrap()).unwrap();
    assert_eq!(config["model"]["stage"], "t5");
    let training = &config["training"];
    assert_eq!(training["schedule"], "inverse-sqrt");
    assert_eq!((training["lr"].as_f64(), training["weight-decay"].as_f64()), (Some(0.003), Some(0.0)));
    assert_eq!(config["model"]["block"]["gated"], true);
}
