//! Models that read a text as a whole: they guess hidden words and make vectors of texts.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use crate::program::{Place, encoder, fails, lineage, succeeds, tiny, trained, translator};

fn number(said: &str, before: &str) -> f64 {
    let line = said.lines().find_map(|line| line.strip_prefix(before));
    line.unwrap_or_else(|| panic!("no {before:?} in {said}")).trim().parse().unwrap()
}

/// A folder with one of the small models that `published` is tested with, and pieces of words for it.
fn folder(place: &Place, name: &str) -> String {
    let to = place.path(name);
    fs::create_dir(&to).unwrap();
    let from = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../published/tests/fixtures")).join(name);
    for file in ["config.json", "model.safetensors"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let mut pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cat", "##s", "the", "sat", "."].join("\n");
    pieces.push('\n');
    fs::write(to.join("vocab.txt"), pieces).unwrap();
    place.at(name)
}

#[test]
fn an_encoder_learns_to_guess_hidden_words() {
    let place = Place::new();
    let text = place.file("text.txt", "one two three four five six seven eight nine ten, ".repeat(120));
    let run = place.at("run");
    let sizes =
        ["--layers", "2", "--width", "64", "--heads", "2", "--context", "16", "--batch", "16", "--vocab-size", "300"];
    let train = ["train", "bert", "--text", &text, "--out", &run, "--steps", "700", "--lr", "0.002", "--dropout", "0"];
    succeeds(&[&train, &sizes[..], &["--quiet"]].concat());
    let said = succeeds(&[
        "fill",
        "--model",
        &run,
        "--top",
        "3",
        " three four five six [MASK] eight nine ten, one two three four",
    ]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 6, "a heading, three tokens, a blank line, the text: {said}");
    assert!(lines[1].starts_with("\" seven\""), "{said}");
    assert_eq!(lines[5], " three four five six seven eight nine ten, one two three four");
    // Who knows how often each of the 11 tokens stands has ln 11 = 2.4.
    let said = succeeds(&["evaluate", "--model", &run, "--quiet"]);
    assert!(number(&said, "nats per token") < 1.2, "{said}");
    let said = succeeds(&["fill", "--model", &run, "[MASK] three four [MASK] six"]);
    assert!(said.contains("token 1") && said.contains("token 2"), "{said}");
}

/// What was measured on the way is what `evaluate` says; other hidden words give another number.
#[test]
fn evaluation_asks_for_the_words_that_a_seed_hides() {
    let place = Place::new();
    let run = encoder(&place);
    let text = place.text();
    let nats = |more: &[&str]| {
        let evaluate = ["evaluate", "--model", &run, "--text", &text, "--split", "val", "--quiet"];
        number(&succeeds(&[&evaluate, more].concat()), "nats per token")
    };
    let metrics = fs::read_to_string(place.path("encoder").join("metrics.csv")).unwrap();
    let last: f64 = metrics.lines().last().unwrap().split(',').nth(2).unwrap().parse().unwrap();
    assert_eq!(format!("{last:.4}"), format!("{:.4}", nats(&[])));
    assert_eq!(nats(&["--seed", "1"]), nats(&[]));
    assert_ne!(nats(&["--seed", "2"]), nats(&[]));
}

#[test]
fn an_encoder_is_interrupted_resumed_and_trained_further_as_every_stage() {
    let place = Place::new();
    let (run, text) = (encoder(&place), place.text());
    let model = |run: &str| fs::read(place.path(run).join("model.safetensors")).unwrap();
    // From the same checkpoint the same bits.
    let before = model("encoder");
    fs::remove_file(place.path("encoder").join("model.safetensors")).unwrap();
    succeeds(&["train", "--resume", &run, "--quiet"]);
    assert_eq!(model("encoder"), before);
    let further = place.at("further");
    succeeds(&["train", "--from", &run, "--text", &text, "--steps", "3", "--out", &further, "--quiet"]);
    assert_ne!(model("further"), before);
    let said = fails(&["train", "--from", &run, "--width", "32"]);
    assert!(said.contains("has --width 16, and its parameters fit no other"), "{said}");
    let said = fails(&["train", "lstm", "--resume", &run]);
    assert!(said.contains("holds a run of bert, not of lstm"), "{said}");
    succeeds(&["adopt", &run, "--quiet"]);
    assert!(succeeds(&["tokenize", "--model", &run, "a [MASK]", "--quiet"]).contains("[MASK]"));
}

/// Texts as arguments, in a file and on standard input have the same vectors, however long their neighbours are.
#[test]
fn a_text_has_one_vector_wherever_it_stands() {
    let place = Place::new();
    for run in [encoder(&place), trained(&place)] {
        let texts = ["Mr. Fogg", "the house in Savile Row was very quiet", "a"];
        let embed = ["embed", "--model", &run, "--quiet"];
        let said = succeeds(&[&embed[..], &texts].concat());
        let vectors: Vec<Vec<f64>> =
            said.lines().map(|line| line.split(' ').map(|x| x.parse().unwrap()).collect()).collect();
        assert_eq!(vectors.iter().map(Vec::len).collect::<Vec<_>>(), [16; 3]);
        for (vector, text) in vectors.iter().zip(texts) {
            assert!((vector.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-5);
            let alone = succeeds(&[&embed[..], &[text]].concat());
            let alone = alone.trim_end().split(' ').map(|x| x.parse::<f64>().unwrap());
            assert!(alone.zip(vector).all(|(a, b)| (a - b).abs() < 1e-5), "{text}");
        }
        let file = place.file("texts.txt", texts.join("\n"));
        assert_eq!(succeeds(&[&embed[..], &["--file", &file]].concat()), said);
        let mut child = lineage(&embed).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(texts.join("\n").as_bytes()).unwrap();
        assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), said);

        let table = succeeds(&[&embed[..], &["--similarities"], &texts].concat());
        let cosine: f64 = vectors[0].iter().zip(&vectors[1]).map(|(a, b)| a * b).sum();
        let row = table.lines().nth(1).unwrap();
        assert_eq!(
            row,
            format!("1   1.0000  {cosine:>7.4}  {:>7.4}  Mr. Fogg", {
                vectors[0].iter().zip(&vectors[2]).map(|(a, b)| a * b).sum::<f64>()
            })
        );
    }
}

#[test]
fn what_a_model_cannot_do_is_refused_with_the_command_that_can() {
    let place = Place::new();
    let (bert, gpt, attention) = (encoder(&place), trained(&place), translator(&place));
    let for_bert = format!(
        "the model in {bert} is of bert, which guesses hidden words and makes vectors of texts: use `lineage fill --model {bert}` \
         or `lineage embed --model {bert}`"
    );
    assert_eq!(fails(&["generate", "--model", &bert, "--prompt", "a"]), for_bert);
    assert_eq!(fails(&["translate", "--model", &bert, "a"]), for_bert);
    assert!(fails(&["explain", "--model", &bert, "a"]).contains("which does not go on"));
    assert_eq!(
        fails(&["fill", "--model", &gpt, "a [MASK]"]),
        format!("the model in {gpt} is of gpt, which continues texts: use `lineage generate --model {gpt}`")
    );
    for command in [&["fill", "--model", &attention, "a [MASK]"], &["embed", "--model", &attention, "a"]] {
        assert_eq!(
            fails(command),
            format!(
                "the model in {attention} is of attention, which translates: use `lineage translate --model {attention}`"
            )
        );
    }
    let recurrent = place.at("rnn");
    let text = place.text();
    succeeds(
        &[&["train", "rnn", "--text", &text, "--out", &recurrent, "--steps", "1", "--quiet"], &tiny("rnn")[..]]
            .concat(),
    );
    assert!(fails(&["embed", "--model", &recurrent, "a"]).contains("use a model of bert, gpt or t5"));
    let said = fails(&["evaluate", "--model", &bert, "--beam", "2"]);
    assert_eq!(said, format!("the model in {bert} is of bert, which does not translate: leave --beam out"));
}

#[test]
fn bad_requests_of_encoders_are_told_in_one_sentence() {
    let place = Place::new();
    let (run, text) = (encoder(&place), place.text());
    let fill = |text: &str| fails(&["fill", "--model", &run, text]);
    assert!(fill("no gap").starts_with("the text has no [MASK], which says where to guess"));
    assert!(fill(&"[MASK] ".repeat(40)).contains("and the model reads at most 14 at once: give a shorter one"));
    assert_eq!(fails(&["embed", "--model", &run, "one", " "]), "text 2 is blank: give a text that says something");
    let lines = place.file("lines.txt", "one\n\ntwo\n");
    assert!(fails(&["embed", "--model", &run, "--file", &lines]).starts_with(&format!("line 2 of {lines} is blank")));
    let train =
        |more: &[&str]| fails(&[&["train", "bert", "--text", &text, "--out", &place.at("none")], more].concat());
    assert!(train(&["--tokens", "word"]).ends_with("give --tokens bpe, or leave --tokens out"));
    assert!(train(&["--context", "2"]).contains("has no place for a word between [CLS] and [SEP]"));
    assert!(train(&["--vocab-size", "200"]).contains("give a --vocab-size of at least 260"));
    assert!(train(&["--preset", "nanogpt-cpu"]).contains("the presets are of language models"));
    assert!(!place.path("none").exists());
}

/// Long texts are cut, which is said.
#[test]
fn a_text_that_is_too_long_is_cut_and_that_is_said() {
    let place = Place::new();
    let run = encoder(&place);
    let output = lineage(&["embed", "--model", &run, &"Phileas Fogg ".repeat(20)]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("and the model reads the first 14: it does not see"), "{said}");
    assert!(said.contains("pooling: the mean of the vectors of all tokens, of length 1"), "{said}");
}

/// Masked words, BERT's older names, and no types of tokens.
#[test]
fn an_imported_encoder_does_all_that_one_of_ones_own_does_and_goes_out_again() {
    for name in ["bert", "bert_published", "distilbert"] {
        let place = Place::new();
        let [run, out, again, further] = ["run", "out", "again", "further"].map(|part| place.at(part));
        succeeds(&["import", &folder(&place, name), "--out", &run, "--quiet"]);
        let said = |run: &str| {
            let fill = succeeds(&["fill", "--model", run, "the [MASK] sat."]);
            fill + &succeeds(&["embed", "--model", run, "--quiet", "The cats sat.", "the cat"])
        };
        assert!(succeeds(&["tokenize", "--model", &run, "The cats.", "--quiet"]).contains("##s"));
        let text = place.file("cats.txt", "the cats sat. the cat sat. cats sat. ".repeat(60));
        let judged =
            |run: &str| number(&succeeds(&["evaluate", "--model", run, "--text", &text, "--quiet"]), "nats per token");
        let train = ["train", "--from", &run, "--text", &text, "--out", &further, "--steps", "30", "--lr", "0.01"];
        succeeds(&[&train[..], &["--context", "7", "--batch", "8", "--quiet"]].concat());
        assert!(judged(&further) < judged(&run) - 0.5, "{name}: {} after {}", judged(&further), judged(&run));
        succeeds(&["train", "--resume", &further, "--quiet"]);

        succeeds(&["export", "--model", &run, "--out", &out, "--quiet"]);
        for file in ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"] {
            assert!(place.path("out").join(file).exists(), "{name} lacks {file}");
        }
        succeeds(&["import", &out, "--out", &again, "--quiet"]);
        assert_eq!(said(&again), said(&run), "{name}");
    }
}

#[test]
fn an_encoder_without_a_head_makes_vectors_and_says_what_it_cannot() {
    let place = Place::new();
    let [run, out] = ["run", "out"].map(|part| place.at(part));
    succeeds(&["import", &folder(&place, "bert_pooler"), "--out", &run, "--quiet"]);
    let vectors = succeeds(&["embed", "--model", &run, "--quiet", "the cat sat."]);
    assert_ne!(succeeds(&["embed", "--model", &run, "--quiet", "--pooling", "first", "the cat sat."]), vectors);
    let text = place.file("cats.txt", "the cats sat. the cat sat. cats sat. ".repeat(60));
    for command in [
        vec!["fill", "--model", &run, "the [MASK]"],
        vec!["evaluate", "--model", &run, "--text", &text],
        vec!["train", "--from", &run, "--text", &text, "--out", &out],
    ] {
        let said = fails(&command);
        assert!(said.contains("has no head that guesses hidden words") && said.contains("`lineage embed"), "{said}");
    }
}

#[test]
fn what_its_publisher_says_of_vectors_is_read() {
    let place = Place::new();
    let folder = folder(&place, "bert");
    fs::write(place.path("bert").join("sentence_bert_config.json"), r#"{"max_seq_length": 5}"#).unwrap();
    fs::create_dir(place.path("bert").join("1_Pooling")).unwrap();
    let pooling = place.path("bert").join("1_Pooling").join("config.json");
    fs::write(&pooling, r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#).unwrap();
    let run = place.at("run");
    let output = lineage(&["import", &folder, "--out", &run]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("give `lineage embed` --pooling first"), "{said}");
    let output = lineage(&["embed", "--model", &run, "the cats sat."]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("text 1 has 5 tokens, and the model reads the first 3"), "{said}");
    fs::write(&pooling, "{").unwrap();
    assert!(fails(&["import", &folder, "--out", &place.at("other")]).contains("1_Pooling"));
}

#[test]
fn a_tokenizer_without_marks_and_an_unknown_family_are_refused() {
    let place = Place::new();
    let (folder, out) = (folder(&place, "bert"), place.at("run"));
    let vocabulary = place.path("bert").join("vocab.txt");
    fs::write(&vocabulary, "[PAD]\n[UNK]\n[CLS]\n[SEP]\ncat\n").unwrap();
    let said = fails(&["import", &folder, "--out", &out]);
    assert!(said.contains("the tokenizer has no token [MASK], which models of hidden words need"), "{said}");
    fs::remove_file(&vocabulary).unwrap();
    let said = fails(&["import", &folder, "--out", &out]);
    assert!(said.contains("put tokenizer.json or vocab.txt there, or name its file with --tokenizer"), "{said}");
    let config = place.path("bert").join("config.json");
    let text = fs::read_to_string(&config).unwrap().replace("\"bert\"", "\"mamba\"");
    fs::write(&config, text).unwrap();
    let said = fails(&["import", &folder, "--out", &out]);
    assert!(said.contains("gpt2, gptj, gpt_neox, llama, falcon, bloom, bert, distilbert"), "{said}");
}
