//! What goes wrong with translators: with their files, their settings, and runs of another kind.

use std::fs;
use std::path::Path;
use std::process::Output;

use sha2::{Digest, Sha256};
use tensor::{Checkpoint, Real};

use crate::program::{Place, fails, lineage, succeeds, tiny, trained, translator};

#[test]
fn models_of_another_kind() {
    let place = Place::new();
    let (gpt, attention) = (trained(&place), translator(&place));
    assert_eq!(
        fails(&["translate", "--model", &gpt, "one"]),
        format!(
            "the model in {gpt} is of gpt, which does not translate: use `lineage generate --model {gpt}`, or train \
             seq2seq, attention or transformer"
        )
    );
    assert_eq!(
        fails(&["generate", "--model", &attention, "--prompt", "one"]),
        format!(
            "the model in {attention} is of attention, which translates: use `lineage translate --model {attention}`"
        )
    );
    assert_eq!(
        fails(&["evaluate", "--model", &attention, "--text", "any"]),
        format!("the model in {attention} is of attention, which translates: give --pairs, not --text")
    );
    assert_eq!(
        fails(&["evaluate", "--model", &gpt, "--count", "3"]),
        format!("the model in {gpt} is of gpt, which does not translate: leave --count out")
    );
    assert_eq!(
        fails(&["evaluate", "--model", &gpt, "--bleu-tokens", "zh"]),
        format!("the model in {gpt} is of gpt, which does not translate: leave --bleu-tokens out")
    );
    assert_eq!(
        fails(&["train", "rnn", "--resume", &attention]),
        format!("{attention} holds a run of attention, not of rnn: leave the stage out, or choose another folder")
    );
}

#[test]
fn parameters_of_another_translator() {
    let place = Place::new();
    let (run, other, pairs) = (translator(&place), place.at("other"), place.pairs());
    let train = ["train", "seq2seq", "--pairs", &pairs, "--out", &other, "--steps", "1", "--quiet"];
    succeeds(&[&train, &tiny("seq2seq")[..]].concat());
    let model = Path::new(&run).join("model.safetensors");
    fs::copy(Path::new(&other).join("model.safetensors"), &model).unwrap();
    let said = fails(&["translate", "--model", &run, "one"]);
    assert!(said.starts_with(&format!("{} holds another model: ", model.display())), "{said}");
    assert!(said.ends_with("; use the checkpoint with the configuration it was trained with"), "{said}");
}

#[test]
fn a_vocabulary_of_another_model() {
    let place = Place::new();
    let run = translator(&place);
    let path = Path::new(&run).join("target.json");
    fs::write(&path, r#"{"vocabulary":"word","lowercase":false,"pieces":["VII"]}"#).unwrap();
    let expected = format!(
        "{} has 5 tokens where the model has 10: it belongs to another model; restore the file or train again",
        path.display()
    );
    assert_eq!(fails(&["translate", "--model", &run, "one"]), expected);
    fs::write(&path, "{}").unwrap();
    let said = fails(&["translate", "--model", &run, "one"]);
    assert!(said.starts_with(&format!("{}: the stored vocabulary cannot be read: ", path.display())), "{said}");
}

#[test]
fn sentences_beyond_the_learned_positions() {
    let place = Place::new();
    let (run, pairs) = (place.at("run"), place.pairs());
    let train = ["train", "transformer", "--pairs", &pairs, "--out", &run, "--steps", "1", "--positions", "learned"];
    let train = [&train[..], &tiny("transformer")].concat();
    assert_eq!(
        fails(&[&train[..], &["--context", "3"]].concat()),
        format!(
            "--positions learned has 3 positions, and 4 are needed for {pairs}: give a larger --context, or --positions \
             sinusoidal"
        )
    );
    assert!(!Path::new(&run).exists());
    succeeds(&[&train[..], &["--context", "4", "--quiet"]].concat());
    assert_eq!(succeeds(&["translate", "--model", &run, "one two three six"]).lines().count(), 1);
    assert_eq!(
        fails(&["translate", "--model", &run, "one two three six six"]),
        "sentence 1 has 5 tokens, and the model has 4 learned positions: shorten it, or train with a larger --context"
    );
    let longer = place.file("longer.tsv", "one two three six\tI II III VI\nsix\tVI\n");
    assert_eq!(
        fails(&["evaluate", "--model", &run, "--pairs", &longer, "--split", "all"]),
        format!(
            "{longer} has a sentence of 5 tokens, and the model in {run} has 4 learned positions: leave it out, or train \
             with a larger --context"
        )
    );
}

#[test]
fn settings_that_a_stage_does_not_have() {
    let place = Place::new();
    let (pairs, text, run) = (place.pairs(), place.text(), place.at("run"));
    let train = |stage: &str, more: &[&str]| fails(&[&["train", stage, "--out", &run], more].concat());
    let no = |stage: &str, flag: &str| format!("{stage} has no --{flag}: leave it out, or train a stage that has one");
    assert_eq!(train("attention", &["--pairs", &pairs, "--reversed"]), no("attention", "reversed"));
    assert_eq!(train("seq2seq", &["--pairs", &pairs, "--heads", "2"]), no("seq2seq", "heads"));
    assert_eq!(train("transformer", &["--pairs", &pairs, "--cell", "gru"]), no("transformer", "cell"));
    assert_eq!(train("transformer", &["--pairs", &pairs, "--sampling", "0.5"]), no("transformer", "sampling"));
    assert_eq!(train("attention", &["--pairs", &pairs, "--peeking"]), no("attention", "peeking"));
    assert_eq!(train("attention", &["--pairs", &pairs, "--shared-embeddings"]), no("attention", "shared-embeddings"));
    assert_eq!(
        train("transformer", &["--pairs", &pairs, "--context", "50"]),
        "--context cannot act, since it is the number of learned positions, and there are none: give --positions learned, or \
         leave it out"
    );
    assert_eq!(train("gpt", &["--text", &text, "--bottleneck", "8"]), no("gpt", "bottleneck"));
    assert_eq!(train("gpt", &["--pairs", &pairs]), "gpt learns from what --text names: give its file with that");
    assert_eq!(train("seq2seq", &["--text", &text]), "seq2seq learns from what --pairs names: give its file with that");
    assert_eq!(
        train("seq2seq", &["--pairs", &pairs, "--tokens", "byte"]),
        "translators read words, characters or byte pairs, not bytes: give --tokens word, character or bpe"
    );
    assert_eq!(
        train("seq2seq", &["--pairs", &pairs, "--vocabulary", "4"]),
        "a vocabulary of 4 tokens has no place for a word: give a --vocabulary of at least 5"
    );
    assert_eq!(
        train("seq2seq", &["--pairs", &pairs, "--preset", "nanogpt-cpu"]),
        "the presets are of language models: leave --preset out, or train one of them"
    );
    assert_eq!(
        train("attention", &["--pairs", &pairs, "--bidirectional", "--width", "33"]),
        "a width of 33 cannot be divided among the two directions of the encoder; choose an even width"
    );
    assert!(!Path::new(&run).exists());
}

#[test]
fn a_resumed_translator_that_is_asked_for_something_else() {
    let place = Place::new();
    let run = translator(&place);
    let resume = |more: &[&str]| fails(&[&["train", "--resume", &run], more].concat());
    assert_eq!(
        resume(&["--bidirectional"]),
        format!(
            "the run in {run} has --bidirectional false, not true, and goes on as it began: leave --bidirectional out, \
             or begin a new run with --out"
        )
    );
    let before = fs::read_to_string(place.pairs()).unwrap();
    let changed = before.clone() + "one\tI\n";
    let pairs = place.file("changed.tsv", &changed);
    let [found, known] = [changed, before].map(|pairs| format!("{:x}", Sha256::digest(pairs)));
    assert_eq!(
        resume(&["--pairs", &pairs]),
        format!(
            "{pairs} is not what the run in {run} is trained on: its SHA-256 is {found}, not {known} (pairs.tsv); give that \
             file with --pairs"
        )
    );
}

#[test]
fn a_translator_whose_loss_is_no_number() {
    let place = Place::new();
    let pairs = place.pairs();
    for stage in crate::program::TRANSLATORS {
        let run = place.at(stage);
        let train =
            ["train", stage, "--pairs", &pairs, "--out", &run, "--steps", "50", "--lr", "1e30", "--warmup", "0"];
        let said = fails(&[&train, &tiny(stage)[..], &["--save-every", "1"]].concat());
        let what = ["loss", "held-out loss", "norm of the gradient", "parameters"];
        assert!(what.iter().any(|what| said.starts_with(&format!("the {what} became "))), "{said}");
        assert!(said.contains(" ends at its last checkpoint, which is intact: begin a new run with "), "{said}");
    }
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
            " has numbers that are not finite, so the file is damaged; restore it, or write it from the checkpoint by \
             `lineage train --resume {run}`"
        );
        assert!(said.ends_with(&way_out), "{said}");
    }
    succeeds(&["train", "--resume", &run, "--quiet"]);
    succeeds(&["translate", "--model", &run, "one"]);
}

/// Finite numbers, but too large to compute with.
#[test]
fn a_model_whose_scores_are_no_numbers() {
    let place = Place::new();
    let spoil = |run: &str| {
        let path = Path::new(run).join("model.safetensors");
        let mut model = Checkpoint::load(&path).unwrap();
        model.arrays.values_mut().for_each(|array| array.fill(Real::MAX / 2.0));
        model.save(&path).unwrap();
    };
    let way_out = "its training diverged; train it again with a smaller --lr";

    let run = translator(&place);
    spoil(&run);
    for beam in ["1", "3"] {
        let said = fails(&["translate", "--model", &run, "--beam", beam, "one"]);
        assert_eq!(said, format!("the model in {run} gives NaN for sentence 1: {way_out}"));
        let said = fails(&["evaluate", "--model", &run, "--beam", beam]);
        assert!(said.starts_with(&format!("the model in {run} gives NaN for ")) && said.ends_with(way_out), "{said}");
    }

    let run = trained(&place);
    spoil(&run);
    for temperature in ["0", "1"] {
        let generate = ["generate", "--model", &run, "--prompt", "one", "--temperature", temperature, "--quiet"];
        let Output { status, stdout, stderr } = lineage(&generate).output().unwrap();
        assert_eq!((status.code(), &stdout[..]), (Some(1), &b"one\n"[..]));
        let expected =
            format!("error: the model in {run} gives scores that are no numbers for what comes next: {way_out}\n");
        assert_eq!(String::from_utf8(stderr).unwrap(), expected);
    }
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
