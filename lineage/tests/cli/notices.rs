//! What `lineage translate` says on standard error of translations that it could not do well.

use crate::program::{Place, lineage, succeeds, tiny};

/// What it prints, and what it says beside.
fn translate(run: &str, more: &[&str]) -> [String; 2] {
    let output = lineage(&[&["translate", "--model", run], more].concat()).output().unwrap();
    assert!(output.status.success());
    [output.stdout, output.stderr].map(|stream| String::from_utf8(stream).unwrap())
}

/// As people write it who do not know how generated sentences are written.
#[test]
fn words_unknown_to_a_translator_of_generated_sentences() {
    let place = Place::new();
    let run = place.at("run");
    succeeds(&[&["train", "seq2seq", "--out", &run, "--steps", "1", "--quiet"], &tiny("seq2seq")[..]].concat());
    let natural = ["Does the boy's dog like coffee?", "the dogs are old", "the boy's boy's cat"];
    let [said, beside] = translate(&run, &natural);
    let beside: Vec<&str> = beside.lines().filter(|line| !line.contains(" cut off ")).collect();
    assert_eq!(
        beside,
        [
            "sentence 1 is read as \"does the boy's dog like coffee ?\": capital letters and signs are fitted to the \
             sentences that the model was trained on",
            "sentence 1: the model does not know \"boy's\"",
            "sentence 3: the model does not know \"boy's\"",
            "write as generated sentences do: in small letters, with ? and 's as words, without other marks, and in their \
             words",
        ]
    );
    assert_eq!(translate(&run, &[&natural[..], &["--quiet"]].concat()), [said, String::new()]);

    let [_, beside] = translate(&run, &["does the boy 's dog like coffee ?"]);
    assert!(!beside.contains("know"), "{beside}");
}

/// A word of which one letter is unknown is named as a whole.
#[test]
fn words_unknown_to_a_translator_of_pairs() {
    let place = Place::new();
    let (run, pairs) = (place.at("run"), place.pairs());
    let file = place.file("lines.txt", "one two\none eighty\n");
    let way_out = "write in other words, or train with a larger --vocabulary or more pairs\n";
    let expected = format!("line 2 of {file}: the model does not know \"eighty\"\n{way_out}");
    for level in ["word", "character"] {
        let train =
            ["train", "seq2seq", "--pairs", &pairs, "--tokens", level, "--out", &run, "--steps", "1", "--quiet"];
        succeeds(&[&train, &tiny("seq2seq")[..]].concat());
        let [_, beside] = translate(&run, &["--file", &file]);
        assert!(beside.starts_with(&expected), "{beside}");
        std::fs::remove_dir_all(&run).unwrap();
    }
}

/// What the words were learned from is known by its SHA-256, whatever it is called.
#[test]
fn the_advice_on_unknown_words_goes_by_hash() {
    let place = Place::new();
    let name = "generated sentences of 3 to 12 words";
    let pairs = std::fs::read(place.pairs()).unwrap();
    let pairs = place.file(name, pairs);
    let [of_pairs, generated] = ["pairs", "generated"].map(|run| place.at(run));
    let train = |run: &str, more: &[&str]| {
        let train = ["train", "seq2seq", "--out", run, "--steps", "1", "--quiet"];
        succeeds(&[&train, &tiny("seq2seq")[..], more].concat());
    };
    train(&of_pairs, &["--pairs", &pairs]);
    train(&generated, &[]);
    let config = place.path("generated").join("config.json");
    let renamed = std::fs::read_to_string(&config).unwrap().replace(name, "pairs.tsv");
    assert!(renamed.contains("\"pairs.tsv\""));
    std::fs::write(&config, renamed).unwrap();
    succeeds(&["adopt", &generated, "--quiet"]);
    for (run, known, way_out) in [
        (&of_pairs, "one", "write in other words, or train with a larger --vocabulary or more pairs\n"),
        (&generated, "dogs", "write as generated sentences do: "),
    ] {
        let [_, beside] = translate(run, &[&format!("{known} zyzzyva")]);
        let told = beside.strip_prefix("sentence 1: the model does not know \"zyzzyva\"\n");
        assert!(told.is_some_and(|told| told.starts_with(way_out)), "{beside}");
    }
}

/// A model that learned translations far longer than any limit on theirs.
#[test]
fn a_translation_that_comes_to_no_end() {
    let place = Place::new();
    let (run, numbers) = (place.at("run"), 0..40);
    let pairs: String = numbers.map(|number| format!("one {number}\t{}\n", "sí ".repeat(90))).collect();
    let pairs = place.file("long.tsv", pairs);
    let train = ["train", "seq2seq", "--pairs", &pairs, "--out", &run, "--steps", "40", "--lr", "0.02", "--quiet"];
    succeeds(&[&train, &tiny("seq2seq")[..]].concat());
    let notice = |number: u32, tokens: u32| {
        format!(
            "sentence {number}: the translation was cut off after {tokens} tokens, since the model came to no end: train it \
             longer, or shorten the sentence\n"
        )
    };
    let [said, beside] = translate(&run, &["one 1", "one"]);
    assert_eq!(beside, notice(1, 24) + &notice(2, 22));
    assert_eq!(said, [24, 22].map(|tokens| format!("{}\n", vec!["sí"; tokens].join(" "))).concat());
    let quiet = translate(&run, &["one", "--quiet"]);
    assert_eq!(quiet, [format!("{}\n", ["sí"; 22].join(" ")), String::new()]);
}

/// Without --patience the weights of the last step are kept, whatever scored best.
#[test]
fn which_weights_training_keeps() {
    let place = Place::new();
    let learns_otherwise = place.file("text.txt", "ab".repeat(900) + &"c".repeat(200));
    let train = |run: &str, text: &str, more: &[&str]| {
        let run = place.at(run);
        let train = ["train", "gpt", "--text", text, "--out", &run, "--eval-every", "1"];
        let output = lineage(&[&train, &tiny("gpt")[..], more].concat()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        said.lines().find(|line| line.starts_with("lowest validation loss")).unwrap_or(&said).to_owned()
    };
    let said = train("last", &learns_otherwise, &["--steps", "6"]);
    assert!(said.ends_with("; the model is that of step 6, since without --patience the last is kept"), "{said}");
    let said = train("best", &learns_otherwise, &["--steps", "6", "--patience", "2"]);
    assert!(said.ends_with("; the model is that of this step"), "{said}");
    let said = train("improving", &place.file("alike.txt", "ab".repeat(900)), &["--steps", "3"]);
    assert!(said.ends_with(" nats per token, after step 3"), "{said}");
}
