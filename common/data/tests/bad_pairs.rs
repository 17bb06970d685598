//! Whatever is wrong with a user's pairs or request, one sentence names the file, the line and the way out.

use std::fs;

use data::Text;
use data::pairs::{Level, PairText, Vocabulary, VocabularyError};

/// What `PairText::read` says about a file of these bytes, with the file's folder left out.
fn complaint(bytes: impl AsRef<[u8]>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pairs.tsv");
    fs::write(&path, bytes).unwrap();
    PairText::read(&path).unwrap_err().to_string().replace(&path.display().to_string(), "pairs.tsv")
}

#[test]
fn a_missing_file() {
    let error = PairText::read("no/such/pairs.tsv").unwrap_err();
    assert_eq!(error.to_string(), "there is no file no/such/pairs.tsv; check the path");
}

#[test]
fn an_empty_file() {
    assert_eq!(complaint(""), "pairs.tsv is empty; choose a file with text in it");
}

#[test]
fn a_file_in_latin_1() {
    assert_eq!(
        complaint(b"Hi.\tHola.\nTomorrow.\tMa\xF1ana.\n"),
        "pairs.tsv is not UTF-8 text: the byte 0xF1 at offset 22 (line 2) belongs to no character; \
         save the file as UTF-8"
    );
}

#[test]
fn a_line_without_a_tab() {
    let no_tab = "has no tab; write each pair on a line as the sentence, a tab and its translation";
    assert_eq!(complaint("Hi.\tHola.\nGo on. Sigue.\n"), format!("line 2 of pairs.tsv {no_tab}"));
}

#[test]
fn a_side_that_is_empty() {
    assert_eq!(
        complaint("Hi.\tHola.\n\tSigue.\n"),
        "line 2 of pairs.tsv has an empty sentence; write it or remove the line"
    );
    assert_eq!(
        complaint("Hi.\tHola.\nGo on.\t \tCC-BY 2.0\n"),
        "line 2 of pairs.tsv has an empty translation; write it or remove the line"
    );
    assert_eq!(complaint("Hi.\t"), "line 1 of pairs.tsv has an empty translation; write it or remove the line");
}

#[test]
fn a_side_that_is_far_too_long() {
    assert_eq!(
        complaint(format!("Hi.\tHola.\n{}\tSigue.\n", "go ".repeat(101))),
        "line 2 of pairs.tsv has a sentence of 101 words, and at most 100 are taken; shorten it or remove the line"
    );
    assert_eq!(
        complaint(format!("Hi.\tHola.\nLaugh.\t{}\n", "ja".repeat(501))),
        "line 2 of pairs.tsv has a translation of 1002 characters, and at most 1000 are taken; \
         shorten it or remove the line"
    );
    let longest = format!("Hi.\tHola.\n{}\t{}\n", "go ".repeat(100), "ñ".repeat(1000));
    assert!(PairText::new(&Text::new("pairs.tsv", &longest).unwrap()).is_ok());
}

#[test]
fn the_first_bad_line_is_named() {
    assert_eq!(
        complaint("Hi.\tHola.\n\tSigue.\nno tab\n"),
        "line 2 of pairs.tsv has an empty sentence; write it or remove the line"
    );
}

/// They can be judged by, though.
#[test]
fn pairs_that_are_all_alike_are_not_split() {
    let pairs = "Hi.\tHola.\nHi. \tHola.\tagain\nHi.\tHola.\n";
    let pairs = PairText::new(&Text::new("pairs.tsv", pairs).unwrap()).unwrap();
    assert_eq!(
        pairs.split().unwrap_err().to_string(),
        "all pairs of pairs.tsv are alike, so there is nothing to learn from them; choose a file with different pairs"
    );
}

#[test]
fn pairs_of_one_sentence_alone_are_not_split() {
    for (content, but) in [("Hi.\tHola.\nhi.\tBuenas.\n", ", but for capital letters"), ("Hi.\tHola.\n", "")] {
        let pairs = PairText::new(&Text::new("pairs.tsv", content).unwrap()).unwrap();
        let expected = format!(
            "all pairs of pairs.tsv translate one sentence, \"Hi.\"{but}, so none can be held out to judge by; add pairs of \
             another sentence"
        );
        assert_eq!(pairs.split().unwrap_err().to_string(), expected);
    }
}

#[test]
fn blank_lines_say_nothing_wherever_they_stand() {
    let text = |content: &str| PairText::new(&Text::new("pairs.tsv", content).unwrap());
    let plain = text("Hi.\tHola.\nGo on.\tSigue.\n").unwrap();
    for blank in ["\n", "\r\n", "\r", " \t \n", "\u{3000}\u{a0}\n", "\u{feff}\n", "\n\n\n"] {
        let content = format!("{blank}Hi.\tHola.\n{blank}Go on.\tSigue.\n{blank}");
        assert_eq!(text(&content).unwrap(), plain, "{content:?}");
    }
    assert_eq!(
        complaint("\n \n"),
        "pairs.tsv has no pairs, only blank lines; write each pair on a line as the sentence, a tab and its translation"
    );
    assert_eq!(
        complaint("\n\nHi. Hola.\n"),
        "line 3 of pairs.tsv has no tab; write each pair on a line as the sentence, a tab and its translation"
    );
    assert_eq!(
        complaint("Hi.\tHola.\n\0\n"),
        "line 2 of pairs.tsv has no tab; write each pair on a line as the sentence, a tab and its translation"
    );
}

#[test]
fn a_request_of_unknown_words_only() {
    let words = Vocabulary::new(Level::Word, false, 100, ["The cat sleeps, doesn't it?"]);
    assert_eq!(
        words.encode_request("¿Duerme el gato?").unwrap_err().to_string(),
        "none of the words of the request, from \"Duerme\" on, is among the 5 of this vocabulary; \
         write it in other words, or use a model that was trained on pairs with these"
    );
    let characters = Vocabulary::new(Level::Character, true, 100, ["The cat?"]);
    assert_eq!(
        characters.encode_request("МИР?").unwrap_err().to_string(),
        "none of the letters of the request, from \"м\" on, is among the 5 of this vocabulary; \
         write it in other words, or use a model that was trained on pairs with these"
    );
}

#[test]
fn a_request_without_a_word() {
    let words = Vocabulary::new(Level::Word, false, 100, ["The cat sleeps!"]);
    let expected = |request: &str| format!("there is no word in {request:?}; write a sentence to translate");
    for request in ["", "  ", "!", "¿…?\t"] {
        assert_eq!(words.encode_request(request).unwrap_err().to_string(), expected(request));
    }
}

/// What `from_json` says, without its frame.
fn reason(json: &str) -> String {
    let error = Vocabulary::from_json(json).unwrap_err();
    let VocabularyError::Stored { reason } = &error else { panic!("{error}") };
    let expected = format!("the stored vocabulary cannot be read: {reason}; restore the file or train the model again");
    assert_eq!(error.to_string(), expected);
    reason.clone()
}

#[test]
fn a_damaged_stored_vocabulary_is_refused_with_the_reason() {
    assert_eq!(reason(r#"{"vocabulary":"word","lowercase":fal"#), "EOF while parsing a value at line 1 column 36");
    assert_eq!(
        reason(r#"{"vocabulary":"morse","lowercase":false,"pieces":["a"]}"#),
        "unknown variant `morse`, expected one of `word`, `character`, `bpe` at line 1 column 21"
    );
    assert_eq!(reason(r#"{"vocabulary":"word","lowercase":false,"pieces":[]}"#), "its list of pieces is empty");
    assert_eq!(
        reason(r#"{"vocabulary":"word","lowercase":false,"pieces":["the","two words"]}"#),
        "\"two words\" in its list of pieces is not one piece"
    );
    assert_eq!(
        reason(r#"{"vocabulary":"character","lowercase":false,"pieces":["a","bc"]}"#),
        "\"bc\" in its list of pieces is not one piece"
    );
    assert_eq!(
        reason(r#"{"vocabulary":"word","lowercase":false,"pieces":["the","a","the"]}"#),
        "its list of pieces has \"the\" twice"
    );
}
