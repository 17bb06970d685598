//! Byte-pair encoding from training to the tokens on the screen.

use std::fs;

use crate::program::{Place, fails, lineage, sentence, succeeds, tiny};

/// Trains on a text with these flags besides.
fn train(text: &str, run: &str, more: &[&str]) -> Vec<String> {
    let command = ["train", "gpt", "--text", text, "--out", run, "--steps", "2", "--tokens", "bpe"];
    [&command, &tiny("gpt")[..], more].concat().into_iter().map(str::to_owned).collect()
}

fn told(arguments: &[String]) -> String {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = lineage(&arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn a_language_model_reads_and_writes_byte_pairs() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    assert!(!told(&train(&text, &run, &["--vocab-size", "300"])).contains("vocabulary:"));

    // Characters that the text lacks are bytes.
    let prompt = "Mr. Fogg → Ωmega";
    let said = succeeds(&["generate", "--model", &run, "--prompt", prompt, "--tokens", "30"]);
    assert!(said.starts_with(prompt), "{said}");

    let found = succeeds(&["evaluate", "--model", &run, "--quiet"]);
    let number = |name: &str| -> f64 {
        let line = found.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().last().unwrap().replace(',', "").parse().unwrap()
    };
    let (bits, per_byte, tokens) = (number("bits per token"), number("bits per byte"), number("tokens"));
    let bytes = bits * tokens / per_byte;
    assert!((tokens..6000.0).contains(&bytes), "{bytes} bytes in\n{found}");

    let exported = place.at("exported.json");
    let shown = succeeds(&["tokenize", "--model", &run, "--export", &exported, "the é"]);
    let tokenizer = place.path("run").join("tokenizer.json");
    let again =
        [tokenizer.to_str().unwrap(), &exported].map(|file| succeeds(&["tokenize", "--tokenizer", file, "the é"]));
    assert_eq!(again[0], shown);
    assert_eq!(again[1], shown);
    assert!(shown.contains(" tokens, 5 characters, 6 bytes: "), "{shown}");
    // The é is two bytes, which the text had nowhere.
    let bytes: Vec<&str> = shown.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert!(bytes.ends_with(&["20", "c3", "a9", "tokens,"]), "{shown}");
}

#[test]
fn a_text_with_few_pairs_fills_less_than_was_asked_for() {
    let place = Place::new();
    let text = place.file("few.txt", "ab ".repeat(200));
    let said = told(&train(&text, &place.at("run"), &["--vocab-size", "5000"]));
    let expected = "vocabulary: 259 tokens of the 5,000 that --vocab-size allows, since no other neighbours occur twice in \
                    what is learned from\n";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn a_vocabulary_below_the_bytes_is_refused() {
    let place = Place::new();
    let (text, pairs, run) = (place.text(), place.pairs(), place.at("run"));
    assert_eq!(
        fails(&["train", "gpt", "--text", &text, "--out", &run, "--tokens", "bpe", "--vocab-size", "256"]),
        "a vocabulary of 256 tokens has no place for the 256 bytes and 1 special token: give a --vocab-size of at least 257"
    );
    assert_eq!(
        fails(&["train", "seq2seq", "--pairs", &pairs, "--out", &run, "--tokens", "bpe", "--vocab-size", "1"]),
        "a vocabulary of 1 token has no place for the 256 bytes and 4 special tokens: give a --vocab-size of at least 260"
    );
    assert!(!place.path("run").exists());
}

#[test]
fn a_translator_reads_and_writes_byte_pairs_of_one_vocabulary_or_two() {
    let place = Place::new();
    let pairs = place.pairs();
    for (stage, more) in [("attention", &[][..]), ("transformer", &["--shared-embeddings"])] {
        let run = place.at(stage);
        let command = [
            "train", stage, "--pairs", &pairs, "--out", &run, "--steps", "60", "--lr", "0.01", "--tokens", "bpe",
            "--quiet",
        ];
        succeeds(&[&command, &tiny(stage)[..], &["--vocab-size", "270"], more].concat());
        let [source, target] =
            ["source.json", "target.json"].map(|name| fs::read(place.path(stage).join(name)).unwrap());
        assert_eq!(source == target, stage == "transformer");
        // A sign that no pair has is bytes, too.
        succeeds(&["translate", "--model", &run, "--alignment", "one two ☃ three"]);
        succeeds(&["evaluate", "--model", &run, "--count", "5", "--quiet"]);
        let shown = succeeds(&["tokenize", "--model", &run, "one  two"]);
        assert_eq!(shown.lines().next(), succeeds(&["tokenize", "--model", &run, "one two"]).lines().next());
        succeeds(&["tokenize", "--model", &run, "--target", "I II"]);
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    let place = Place::new();
    let file = place.file("vocab.txt", "[UNK]\nlow\n##er\n");
    let tokenize = ["tokenize", "--tokenizer", &file, "Lower low"];
    let plain = succeeds(&tokenize);
    assert_eq!(
        plain,
        "\"low\" \"##er\" \"low\"\n\n\
         token  bytes        piece\n    \
         1  6c 6f 77     \"low\"\n    \
         2  23 23 65 72  \"##er\"\n    \
         1  6c 6f 77     \"low\"\n\n\
         3 tokens, 9 characters, 9 bytes: 3.00 bytes per token\n"
    );
    let coloured = lineage(&tokenize).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(String::from_utf8(coloured.stdout).unwrap().starts_with("\x1b[30;48;5;153mlow\x1b[0m"));
    let refused = lineage(&tokenize).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert_eq!(String::from_utf8(refused.stdout).unwrap(), plain);
}

#[test]
fn a_file_that_is_no_tokenizer_is_refused() {
    let place = Place::new();
    let refused = |name: &str, content: &[u8]| {
        let file = place.file(name, content);
        fails(&["tokenize", "--tokenizer", &file, "a"]).replace(&file, "FILE")
    };
    let way_out = "give the file that the model was published with";
    assert_eq!(
        refused("tokenizer.json", b"{\"model\":{}}"),
        format!("FILE: the tokenizer cannot be read: missing field `type` at line 1 column 11; {way_out}")
    );
    assert_eq!(refused("vocab.txt", b"a\xff"), format!("FILE is not UTF-8 at byte 1: {way_out}"));
    assert_eq!(refused("merges.txt", b""), "FILE is one of two files: give vocab.json, beside which it stands");
    assert_eq!(
        refused("spiece.model", b"\xff"),
        format!("FILE: the tokenizer cannot be read: it is damaged, or no file of SentencePiece; {way_out}")
    );
    let missing = place.at("none.json");
    assert_eq!(
        fails(&["tokenize", "--tokenizer", &missing, "a"]),
        format!("there is no file {missing}; check the path")
    );
    let file = place.file("vocab.txt", "[UNK]");
    assert_eq!(
        sentence(lineage(&["tokenize", "--tokenizer", &file, ""]).output().unwrap()),
        "the text is empty: give one that has tokens"
    );
}
