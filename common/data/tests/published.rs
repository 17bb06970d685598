//! Published tokenizers give the tokens of the library `tokenizers`, and damaged files one sentence.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use data::tokenize::published::{older, read, sentencepiece, to_hugging_face};
use data::tokenize::{Bpe, Normalized, from_json};
use data::{NormalForm, Tokenizer};
use proptest::prelude::*;
use serde_json::Value;

/// The kinds, by the names of their fixtures.
const KINDS: [&str; 5] = ["gpt2", "llama3", "llama", "bert", "t5"];

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", "tokenizers", name].iter().collect()
}

fn text_of(name: &str) -> String {
    fs::read_to_string(fixture(name)).unwrap()
}

type Ours = Box<dyn Tokenizer>;
type Theirs = tokenizers::Tokenizer;

fn theirs(json: &str) -> Theirs {
    json.parse().unwrap()
}

/// Of each kind its file, our tokenizer and theirs.
static BOTH: LazyLock<Vec<(&str, Ours, Theirs)>> = LazyLock::new(|| {
    let both = |name| {
        let json = text_of(&format!("{name}.json"));
        (name, read(&json).unwrap(), theirs(&json))
    };
    KINDS.map(both).into()
});

#[track_caller]
fn assert_alike(name: &str, ours: &dyn Tokenizer, theirs: &Theirs, text: &str) {
    let tokens = ours.encode(text).unwrap();
    assert_eq!(tokens, theirs.encode(text, false).unwrap().get_ids(), "{name}: {text:?}");
    assert_eq!(ours.decode(&tokens), theirs.decode(&tokens, false).unwrap(), "{name}: {text:?}");
}

fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[ -~]{0,12}",
        "[ \t\r\n\u{a0}\u{2028}\u{3000}]{1,3}",
        "[ ]?[a-zA-Zäßéñ一二あ한ע]{1,9}",
        "[ ]?(the|The|and|ing|er|don't|we'll|do not|café|cafe\u{301}|ﬁne|ﬂow|½|²|…)",
        "[ ]?[0-9Ａ-Ｚａ-ｚ]{1,5}",
        "[👩👧🏽\u{200d}❤\u{fe0f}🇪🇸\u{7}\u{ad}\u{301}▁#]{1,4}",
        "(<s>|</s>|<unk>|<pad>|<extra_id_0>|<extra_id_1>|\\[CLS\\]|\\[MASK\\]|\\[UNK\\]|<0x0A>|<\\|endoftext\\|>|<\\|begin_of_text\\|>)",
    ];
    prop::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn every_kind_gives_the_tokens_and_the_text_of_the_library(text in texts()) {
        for (name, ours, theirs) in &*BOTH {
            assert_alike(name, ours.as_ref(), theirs, &text);
        }
    }

    #[test]
    fn what_we_write_loads_in_the_library(text in "(the cat|the dog|[a-c é]){0,20}", other in texts()) {
        let bpe = || Box::new(Bpe::train(&text, 300, &["<s>"]));
        let tokenizers: [Box<dyn Tokenizer>; 2] = [bpe(), Box::new(Normalized::new(NormalForm::Nfc, bpe()))];
        for ours in tokenizers {
            let json = to_hugging_face(ours.as_ref()).unwrap();
            assert_alike("ours", ours.as_ref(), &theirs(&json), &other);
            prop_assert_eq!(read(&json).unwrap().encode(&other), ours.encode(&other));
        }
    }

    /// The same functions as in `fuzz/`, on files that were valid before some bytes were changed or lost.
    #[test]
    fn no_damaged_file_is_a_panic(
        (name, places, bytes, length) in (0..9_usize, prop::collection::vec(any::<prop::sample::Index>(), 1..4),
            prop::collection::vec(any::<u8>(), 4), prop::option::of(any::<prop::sample::Index>())),
    ) {
        let names =
            ["gpt2.json", "llama3.json", "llama.json", "bert.json", "t5.json", "llama.model", "t5.model", "vocab.txt", "gpt2-vocab.json"];
        let name = names[name];
        let mut file = fs::read(fixture(name)).unwrap();
        for (place, byte) in places.iter().zip(bytes) {
            let place = place.index(file.len());
            file[place] = byte;
        }
        if let Some(length) = length {
            file.truncate(length.index(file.len()));
        }
        let as_text = String::from_utf8_lossy(&file);
        let found = match name {
            "llama.model" | "t5.model" => sentencepiece::read(&file),
            "vocab.txt" => older::wordpiece(&as_text, true),
            "gpt2-vocab.json" => older::byte_level(&as_text, &text_of("gpt2-merges.txt")),
            _ => read(&as_text),
        };
        match found {
            Ok(tokenizer) => {
                let tokens = tokenizer.encode("The café 12 <s>\n ﬁ").unwrap();
                tokenizer.decode(&tokens);
            }
            Err(error) => prop_assert!(!error.to_string().contains('\n'), "{}", error),
        }
    }
}

#[test]
fn older_files_give_the_tokens_of_the_new_ones() {
    let texts = text_of("make.py");
    let of = |name: &str| &BOTH.iter().find(|(other, ..)| *other == name).unwrap().1;
    let gpt2 = older::byte_level(&text_of("gpt2-vocab.json"), &text_of("gpt2-merges.txt")).unwrap();
    let bert = older::wordpiece(&text_of("vocab.txt"), true).unwrap();
    for line in texts.lines() {
        assert_eq!(gpt2.encode(line), of("gpt2").encode(line));
        assert_eq!(bert.encode(line), of("bert").encode(line));
    }
}

#[test]
fn the_files_of_sentencepiece_give_its_tokens() {
    let expected: Value = serde_json::from_str(&text_of("expected.json")).unwrap();
    for name in ["llama", "t5"] {
        let ours = sentencepiece::read(&fs::read(fixture(&format!("{name}.model"))).unwrap()).unwrap();
        for case in expected[name].as_array().unwrap() {
            let (text, tokens) = (case[0].as_str().unwrap(), &case[1]);
            let found = ours.encode(text).unwrap();
            assert_eq!(&serde_json::to_value(&found).unwrap(), tokens, "{name}: {text:?}");
        }
    }
}

/// The file has 500 pieces, and none for gaps: T5's library puts 100 behind them, the first gap's last.
#[test]
fn a_t5_gets_its_sentinels_behind_its_pieces() {
    let file = fs::read(fixture("t5.model")).unwrap();
    let [plain, with] = [sentencepiece::read(&file), sentencepiece::read_with_sentinels(&file)].map(Result::unwrap);
    assert_eq!((plain.vocabulary_size(), with.vocabulary_size()), (500, 600));
    assert_eq!(with.encode("<extra_id_0><extra_id_99>").unwrap(), [599, 500]);
    assert_eq!(with.encode("The café in 1984!"), plain.encode("The café in 1984!"));
    let of_bytes = Bpe::train("low lower", 300, &["<pad>", "</s>", "<extra_id_0>"]);
    for tokenizer in [with.as_ref(), &of_bytes] {
        let end = tokenizer.encode("</s>").unwrap()[0];
        let json = to_hugging_face(tokenizer).unwrap();
        let text = "low <extra_id_0> low";
        assert_eq!(read(&json).unwrap().encode(text), tokenizer.encode(text));
        // Other programs put the end behind each text.
        let file: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(file["post_processor"]["special_tokens"]["</s>"]["ids"], serde_json::json!([end]), "{json}");
    }
}

#[test]
fn a_stored_one_gives_the_same_tokens() {
    for (name, ours, _) in &*BOTH {
        let stored = from_json(&ours.to_json()).unwrap();
        let text = "The café <s>[CLS] in 1984!";
        assert_eq!(stored.encode(text), ours.encode(text), "{name}");
        assert_eq!(stored.to_json(), ours.to_json(), "{name}");
    }
}

/// What is said of a file, without its frame.
fn reason(result: Result<Box<dyn Tokenizer>, data::TokenizeError>) -> String {
    let said = result.unwrap_err().to_string();
    let reason = said.strip_prefix("the tokenizer cannot be read: ").unwrap();
    reason.strip_suffix("; give the file that the model was published with").unwrap().to_owned()
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let changed = |name: &str, from: &str, to: &str| {
        let json = text_of(name);
        assert!(json.contains(from), "{from} is not in {name}");
        reason(read(&json.replacen(from, to, 1)))
    };
    let gpt2 = text_of("gpt2.json");
    assert!(reason(read(&gpt2[..gpt2.len() / 2])).starts_with("EOF while parsing"));
    assert_eq!(reason(read("{}")), "missing field `model` at line 1 column 2");
    let kind = r#"{"model":{"type":"WordLevel"}}"#;
    assert!(
        reason(read(kind)).starts_with("unknown variant `WordLevel`, expected one of `BPE`, `WordPiece`, `Unigram`")
    );
    assert_eq!(
        changed("gpt2.json", r#""a":65"#, r#""a":4000000000"#),
        "the token \"a\" has the number 4000000000, and there are 500 tokens"
    );
    assert!(changed("gpt2.json", r#""a":65"#, r#""a":99999999999999"#).contains("expected u32"));
    assert_eq!(changed("gpt2.json", r#""a":65"#, r#""a":64"#), "the tokens \"`\" and \"a\" both have the number 64");
    assert_eq!(
        changed("gpt2.json", r#"[["Ġ","t"]"#, r#"[["Ġ","qqq"]"#),
        "the merge of \"Ġ\" and \"qqq\" needs the piece \"qqq\", which the vocabulary lacks"
    );
    assert_eq!(
        changed("llama3.json", r"{1,3}", r"{1,4}").split(", which").nth(1).unwrap(),
        " is neither GPT-2's rule nor LLaMA 3's"
    );
    assert!(changed("t5.json", "AAQAAAAg", "AAQA!AAg").starts_with("its map of characters: Invalid symbol"));
    assert_eq!(changed("t5.json", "AAQAAAAg", "////AAAg"), "its map of characters is damaged");
    assert_eq!(
        changed("t5.json", r#""unk_id":2"#, r#""unk_id":70000"#),
        "its unknown token has the number 70000, and there are 502 tokens"
    );
    assert_eq!(
        changed("bert.json", r#""unk_token":"[UNK]""#, r#""unk_token":"[what]""#),
        "its unknown token \"[what]\" is not in the vocabulary"
    );
    let damaged = "it is damaged, or no file of SentencePiece";
    let model = fs::read(fixture("llama.model")).unwrap();
    assert_eq!(reason(sentencepiece::read(&model[..1000])), damaged);
    assert_eq!(reason(sentencepiece::read(b"{}")), damaged);
    assert_eq!(reason(sentencepiece::read(&[])), "it holds no pieces of SentencePiece");
    assert_eq!(reason(sentencepiece::read(&[0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])), damaged);
    assert_eq!(reason(sentencepiece::read(&[0x0A, 3, 0x0A, 1, 0xFF])), "one of its pieces is not UTF-8");
    assert_eq!(reason(older::wordpiece("[UNK]\na\na", true)), "its vocabulary has \"a\" twice");
    assert_eq!(reason(older::byte_level("{\"a\":0}", "#version: 0.2\nab")), "its merge \"ab\" is not of two pieces");
}
