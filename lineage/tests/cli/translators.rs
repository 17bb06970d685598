//! What the commands do with translators when all is well.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use data::pairs::Vocabulary;

use crate::program::{Place, TRANSLATORS, fails, lineage, succeeds, tiny, translator};

#[test]
fn training_leaves_a_model_and_two_vocabularies() {
    let place = Place::new();
    let run = translator(&place);
    let read = |file: &str| fs::read_to_string(Path::new(&run).join(file)).unwrap();

    let config: serde_json::Value = serde_json::from_str(&read("config.json")).unwrap();
    assert_eq!(config["model"]["stage"], "attention");
    assert_eq!(config["model"]["cell"], "lstm");
    assert_eq!(config["training"]["steps"], 8);
    assert_eq!(config["settings"]["tokens"], "word");
    assert_eq!(config["text"]["name"], "pairs.tsv");
    let [source, target] = ["source.json", "target.json"].map(|file| Vocabulary::from_json(&read(file)).unwrap());
    assert_eq!(source.decode(&source.encode("two six")), "two six");
    assert_eq!(target.decode(&target.encode("VI II")), "VI II");
    assert_eq!(read("metrics.csv").lines().count(), 9);
}

#[test]
fn every_stage_learns_to_translate() {
    let place = Place::new();
    let pairs = place.pairs();
    for stage in TRANSLATORS {
        let run = place.at(stage);
        let mut train = vec!["train", stage, "--pairs", &pairs, "--out", &run, "--quiet", "--steps", "500"];
        train.extend(["--width", "48", "--batch", "24", "--lr", "0.01", "--layers", "1"]);
        succeeds(&train);
        let said = succeeds(&["translate", "--model", &run, "two one six", "five five three"]);
        assert_eq!(said, "VI I II\nIII V V\n", "{stage}");
        let found = succeeds(&["evaluate", "--model", &run, "--split", "all", "--quiet"]);
        assert!(found.contains(" undefined: no translation has 4 words; try --bleu-tokens char\n"), "{found}");
    }
}

/// The held-out part of 216 sentences, on which training evaluates too.
#[test]
fn evaluation_reads_what_is_held_out_and_translates_it() {
    let place = Place::new();
    let (run, pairs) = (translator(&place), place.pairs());
    let lines = |more: &[&str]| {
        let out = succeeds(&[&["evaluate", "--model", &run, "--pairs", &pairs, "--quiet"], more].concat());
        out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let found = lines(&[]);
    let (title, table) = (&found[0], &found[found.len() - 1]);
    let line = |name: &str| found.iter().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{found:?}"));
    for name in ["nats", "bits", "perplexity", "accuracy", "tokens", "unknown tokens", "exact match", "BLEU", "chrF"] {
        line(name);
    }
    assert!(!found.iter().any(|line| line.starts_with("words ")), "all have three words: {found:?}");
    let sentences: usize = title.split(": ").last().unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(title.starts_with(&format!("the held-out part of {pairs}: ")), "{title}, {table}");
    assert!((10..40).contains(&sentences), "{sentences}");
    assert_eq!(*line("tokens"), format!("tokens          {}", 4 * sentences));
    let metrics = fs::read_to_string(Path::new(&run).join("metrics.csv")).unwrap();
    let last = metrics.lines().last().unwrap().split(',').nth(2).unwrap().parse::<f64>().unwrap();
    assert_eq!(*line("nats"), format!("nats per token  {last:.4}"));

    assert_eq!(lines(&["--split", "all"])[0], format!("{pairs}: 216 sentences"));
    assert_eq!(lines(&["--split", "train", "--count", "7"])[0], format!("the training part of {pairs}: 7 sentences"));
}

/// Nothing could be learned from a single pair, however often it stands there.
#[test]
fn a_single_pair_is_enough_to_judge_by() {
    let place = Place::new();
    let run = translator(&place);
    let evaluate = |times| {
        let pairs = place.file("single.tsv", "one two\tII I\n".repeat(times));
        let found = succeeds(&["evaluate", "--model", &run, "--pairs", &pairs, "--split", "all", "--quiet"]);
        assert!(found.starts_with(&format!("{pairs}: 1 sentence\n")), "{found}");
        assert!(found.contains(" 1 sentence right to the letter\n"), "{found}");
        assert!(found.lines().any(|line| line == "tokens          3"), "{found}");
        found
    };
    assert_eq!(evaluate(1), evaluate(100));
}

/// What the model can read but not say, and what BLEU takes for a word there.
#[test]
fn unknown_tokens_are_counted_on_both_sides() {
    let place = Place::new();
    let run = translator(&place);
    let mut pairs = String::new();
    for word in ["one", "two", "three", "four"] {
        pairs += &format!("{word} six nine\t我读两本书\n");
    }
    let pairs = place.file("unknown.tsv", pairs);
    let evaluate = |more: &[&str]| {
        succeeds(&[&["evaluate", "--model", &run, "--pairs", &pairs, "--split", "all", "--quiet"], more].concat())
    };
    let found = evaluate(&[]);
    let line = found.lines().find(|line| line.starts_with("unknown tokens")).unwrap();
    let [unknown, all] = line.split(", ").nth(1).unwrap().split(" of ").collect::<Vec<_>>()[..] else {
        panic!("{line}")
    };
    assert_eq!(all, format!("{unknown} in the translations"));
    assert!(line.starts_with("unknown tokens  4 of 12 in the sources, "), "{line}");
    assert!(
        found.contains("\nBLEU tokens     zh, chosen since the references have many Chinese characters\n"),
        "{found}"
    );
    let found = evaluate(&["--bleu-tokens", "13a"]);
    assert!(found.contains("\nBLEU tokens     13a, as --bleu-tokens says\n"), "{found}");
}

/// Of a file of several lengths, with the intervals of all scores.
#[test]
fn scores_have_intervals_and_a_table_by_length() {
    let place = Place::new();
    let mut pairs = fs::read_to_string(place.pairs()).unwrap();
    pairs.extend(["one", "two", "three", "four"].map(|word| format!("{word} six\tVI\n")));
    let pairs = place.file("lengths.tsv", pairs);
    let run = translator(&place);
    let evaluate = |more: &[&str]| {
        succeeds(&[&["evaluate", "--model", &run, "--pairs", &pairs, "--split", "all", "--quiet"], more].concat())
    };
    let found = evaluate(&[]);
    let numbers = |line: &str| -> Vec<f64> {
        let parts = line.split(|c: char| c.is_whitespace() || "()".contains(c));
        parts.filter_map(|part| part.parse().ok()).collect()
    };
    for name in ["exact match", "BLEU", "chrF"] {
        let line = found.lines().find(|line| line.starts_with(name)).unwrap();
        let [score, low, high] = numbers(line)[..3] else { panic!("{line}") };
        assert!(low <= score && score <= high && low < high, "{line}");
    }
    let table: Vec<&str> = found.lines().skip_while(|line| !line.starts_with("words ")).collect();
    let [_, two, three] = table[..] else { panic!("{found}") };
    assert_eq!((&numbers(two)[..2], &numbers(three)[..2]), (&[2.0, 4.0][..], &[3.0, 216.0][..]), "{found}");

    assert_eq!(found, evaluate(&["--threads", "1"]));
    let only = evaluate(&["--words", "2"]);
    assert!(only.starts_with(&format!("the sentences of 2 words in {pairs}: 4 sentences\n")), "{only}");
    assert!(evaluate(&["--words", "2..3"]).starts_with(&format!("the sentences of 2 to 3 words in {pairs}: 220 ")));
}

/// A run that began before there were these settings has none of them in its files.
#[test]
fn runs_of_before_are_read() {
    let place = Place::new();
    let run = place.at("run");
    for stage in ["seq2seq", "attention"] {
        let run = format!("{run}-{stage}");
        succeeds(&[&["train", stage, "--out", &run, "--steps", "1", "--quiet"], &tiny(stage)[..]].concat());
        let path = Path::new(&run).join("config.json");
        let mut config: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut remove = |part: &str, name: &str| config[part].as_object_mut().unwrap().remove(name).unwrap();
        remove("settings", "peeking");
        remove("settings", "sampling");
        remove("settings", "shared-embeddings");
        if stage == "attention" {
            remove("model", "sampling");
        }
        fs::write(&path, config.to_string()).unwrap();
        succeeds(&["adopt", &run, "--quiet"]);
        succeeds(&["translate", "--model", &run, "the dogs are old"]);
    }
}

/// Without hashes, as version 0.1.0 wrote it, its scheduled sampling rises past the last batch.
#[test]
fn scheduled_sampling_of_before_is_read() {
    let place = Place::new();
    let (run, pairs) = (place.at("run"), place.pairs());
    let train = ["train", "seq2seq", "--pairs", &pairs, "--out", &run, "--sampling", "0.5", "--steps", "6"];
    succeeds(&[&train[..], &["--accumulate", "2", "--quiet"], &tiny("seq2seq")[..]].concat());
    let path = Path::new(&run).join("config.json");
    let now = fs::read_to_string(&path).unwrap();
    assert!(now.contains("\"steps\": 11"), "{now}");
    let before = now.replace("\"steps\": 11", "\"steps\": 6");
    fs::write(&path, &before).unwrap();
    assert!(fails(&["adopt", &run]).contains("it contradicts itself, since model sampling steps is 6 where"));
    let mut before: serde_json::Value = serde_json::from_str(&before).unwrap();
    before.as_object_mut().unwrap().remove("version").unwrap();
    fs::write(&path, before.to_string()).unwrap();
    succeeds(&["adopt", &run, "--quiet"]);
    succeeds(&["translate", "--model", &run, "one two three"]);
}

/// Seq2seq's vector at every step, and recurrent decoders that practise on what they say.
#[test]
fn decoders_peek_and_read_themselves() {
    let place = Place::new();
    let pairs = place.pairs();
    let train = |stage: &str, more: &[&str]| {
        let run = place.at(&[stage, &more.concat()].concat());
        let train = ["train", stage, "--pairs", &pairs, "--out", &run, "--steps", "20", "--quiet"];
        succeeds(&[&train, &tiny(stage)[..], more].concat());
        fs::read(Path::new(&run).join("model.safetensors")).unwrap()
    };
    let told = ["seq2seq", "attention"].map(|stage| train(stage, &[]));
    for (stage, told) in ["seq2seq", "attention"].into_iter().zip(&told) {
        assert!(*told == train(stage, &["--sampling", "0"]));
        assert!(*told != train(stage, &["--sampling", "1"]));
    }
    // Four gates of 16 units read two vectors of 16 more, each number in 4 bytes.
    assert!(train("seq2seq", &["--peeking"]).len() >= told[0].len() + 4 * 4 * 16 * 2 * 16);
}

/// The Transformer of the paper: one vocabulary for both languages and one table for it.
#[test]
fn embeddings_are_shared() {
    let place = Place::new();
    let pairs = place.pairs();
    let train = |data: &[&str], more: &[&str]| {
        let run = place.at(&[data, more].concat().len().to_string());
        let train = ["train", "transformer", "--out", &run, "--steps", "2", "--quiet"];
        succeeds(&[&train, &tiny("transformer")[..], data, more].concat());
        let read = |name: &str| fs::read(Path::new(&run).join(name)).unwrap();
        (read("model.safetensors").len(), read("source.json"), read("target.json"), run)
    };
    for (data, sentence) in [(&["--pairs", &pairs][..], "one two three"), (&[], "the dogs are old")] {
        let (two_tables, english, spanish, _) = train(data, &[]);
        assert_ne!(english, spanish);
        let (one_table, english, spanish, run) = train(data, &["--shared-embeddings"]);
        assert_eq!(english, spanish);
        assert!(one_table < two_tables, "{one_table} {two_tables}");
        succeeds(&["translate", "--model", &run, sentence]);
    }
}

/// Without a file, sentences are generated, and their alignments are known.
#[test]
fn generated_sentences_have_alignments() {
    let place = Place::new();
    for stage in TRANSLATORS {
        let run = place.at(stage);
        succeeds(&[&["train", stage, "--out", &run, "--steps", "2", "--quiet"], &tiny(stage)[..]].concat());
        let found = succeeds(&["evaluate", "--model", &run, "--count", "20", "--quiet"]);
        assert!(
            found.starts_with("the held-out part of generated sentences of 3 to 12 words: 20 sentences\n"),
            "{found}"
        );
        assert!(found.contains("unknown tokens  0 of "), "{found}");
        assert_eq!(found.contains("\nalignment errors"), stage != "seq2seq", "{found}");
        let long = succeeds(&["evaluate", "--model", &run, "--words", "10..14", "--count", "20", "--quiet"]);
        assert!(
            long.starts_with("the held-out part of generated sentences of 10 to 14 words: 20 sentences\n"),
            "{long}"
        );
    }
}

/// An alignment error says something beside those of the same sentences that others make.
#[test]
fn an_alignment_error_stands_beside_those_of_who_knows_less() {
    let place = Place::new();
    let run = place.at("run");
    succeeds(&[&["train", "attention", "--out", &run, "--steps", "2", "--quiet"], &tiny("attention")[..]].concat());
    let evaluate = |threads: &str| {
        let long = ["evaluate", "--model", &run, "--words", "8..12", "--count", "200", "--quiet", "--threads", threads];
        succeeds(&long)
    };
    let found = evaluate("2");
    let table: Vec<&str> = found.lines().skip_while(|line| !line.starts_with("alignment errors")).skip(1).collect();
    assert!(table[0].trim().starts_with("all 200 sentences ") && table[0].ends_with(" with inverted order"), "{found}");
    let errors = |name: &str| {
        let line = table.iter().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{found}"));
        let all: Vec<f64> = line.split([' ', '(', ')']).filter_map(|part| part.parse().ok()).collect();
        let [all, low, high, inverted, inverted_low, inverted_high] = all[..] else { panic!("{line}") };
        assert!(low <= all && all <= high && inverted_low <= inverted && inverted <= inverted_high, "{line}");
        [all, inverted]
    };
    let [_, uniform, diagonal, model1, best] =
        ["the model", "uniform", "diagonal", "IBM Model 1", "at best, one link a word"].map(errors);
    assert!(diagonal[1] > diagonal[0], "the diagonal suffers where the order is inverted");
    for column in 0..2 {
        let order = [uniform[column], diagonal[column], model1[column], best[column], 0.0];
        assert!(order.is_sorted_by(|a, b| a > b), "{found}");
    }
    assert_eq!(found, evaluate("1"));
}

/// A translation into another dialect counts too; nothing else changes.
#[test]
fn translations_into_all_dialects_are_right_if_asked_for() {
    let place = Place::new();
    let run = place.at("run");
    succeeds(&[&["train", "attention", "--out", &run, "--steps", "2", "--quiet"], &tiny("attention")[..]].concat());
    let evaluate = |more: &[&str]| {
        let found =
            succeeds(&[&["evaluate", "--model", &run, "--count", "50", "--words", "6", "--quiet"], more].concat());
        found.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (one, all) = (evaluate(&["--references", "one"]), evaluate(&["--references", "all"]));
    assert_eq!(one, evaluate(&[]));
    assert!(
        all.contains(&"translations into any dialect, with 95 % intervals over the choice of sentences:".to_owned())
    );
    let score = |lines: &[String]| -> f64 {
        let line = lines.iter().find_map(|line| line.strip_prefix("chrF ")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    assert!(score(&all) > score(&one), "{all:?} {one:?}");
    let others = |lines: Vec<String>| {
        let scores = ["translations", "exact match", "BLEU", "chrF"];
        lines.into_iter().filter(|line| !scores.iter().any(|score| line.starts_with(score))).collect::<Vec<_>>()
    };
    assert_eq!(others(all), others(one));
}

#[test]
fn sentences_come_from_arguments_from_a_file_and_from_standard_input() {
    let place = Place::new();
    let run = translator(&place);
    let file = place.file("sentences.txt", "one two\nthree four five\n");
    let told = succeeds(&["translate", "--model", &run, "one two", "three four five"]);
    assert_eq!(told.lines().count(), 2);
    assert_eq!(succeeds(&["translate", "--model", &run, "--file", &file]), told);
    assert_eq!(succeeds(&["translate", "--model", &run, "--file", &file, "--beam", "1", "--threads", "1"]), told);
    assert_eq!(succeeds(&["translate", "--model", &run, "--file", &file, "--beam", "5"]).lines().count(), 2);

    let mut child =
        lineage(&["translate", "--model", &run]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"one two\nthree four five").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), told);
}

#[test]
fn an_alignment_is_a_table_and_a_drawing() {
    let place = Place::new();
    let (run, svg) = (translator(&place), place.at("map.svg"));
    let said = succeeds(&["translate", "--model", &run, "--alignment", "--heat-map", &svg, "three one"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[1].split_whitespace().collect::<Vec<_>>(), ["three", "one"]);
    let words: Vec<&str> = lines[0].split(' ').collect();
    for (word, row) in words.iter().zip(&lines[2..]) {
        let row: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(row[0], *word);
        let sum: f64 = row[1..].iter().map(|weight| weight.parse::<f64>().unwrap()).sum();
        assert!((sum - 1.0).abs() < 0.011, "{row:?}");
    }
    let drawing = fs::read_to_string(&svg).unwrap();
    assert!(drawing.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{drawing}");
    assert!(drawing.contains("--ink:") && drawing.ends_with("</svg>\n"), "{drawing}");
}
