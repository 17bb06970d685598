//! Whatever is wrong with a user's text, one sentence names the file, the place and the way out.

use std::fs;
use std::path::PathBuf;

use data::{
    ByteTokenizer, CharacterTokenizer, RandomBatches, SequentialBatches, Text, TextDataset, TextSplit, Windows,
};

/// A file of these bytes, and the folder that keeps it alive.
fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// What `Text::read` says about a file of these bytes, with the file's folder left out.
fn complaint(bytes: &[u8]) -> String {
    let (_folder, path) = file(bytes);
    Text::read(&path).unwrap_err().to_string().replace(&path.display().to_string(), "notes.txt")
}

#[test]
fn a_missing_file() {
    let error = Text::read("no/such/notes.txt").unwrap_err();
    assert_eq!(error.to_string(), "there is no file no/such/notes.txt; check the path");
}

#[test]
fn a_folder_instead_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = Text::read(folder.path()).unwrap_err().to_string();
    // What the system says in the middle differs between systems.
    assert!(error.starts_with(&format!("{} cannot be read: ", folder.path().display())), "{error}");
    assert!(error.ends_with("; choose a text file that you may read"), "{error}");
}

#[test]
fn an_empty_file() {
    assert_eq!(complaint(b""), "notes.txt is empty; choose a file with text in it");
}

#[test]
fn a_file_with_a_byte_order_mark_and_nothing_else() {
    assert_eq!(complaint(b"\xEF\xBB\xBF"), "notes.txt is empty; choose a file with text in it");
}

#[test]
fn a_file_in_latin_1() {
    assert_eq!(
        complaint(b"one\ntwo\nma\xF1ana\n"),
        "notes.txt is not UTF-8 text: the byte 0xF1 at offset 10 (line 3) belongs to no character; \
         save the file as UTF-8"
    );
}

#[test]
fn a_file_that_ends_inside_a_character() {
    assert_eq!(
        complaint("año".as_bytes().split_at(2).0),
        "notes.txt is not UTF-8 text: the byte 0xC3 at offset 1 (line 1) belongs to no character; \
         save the file as UTF-8"
    );
}

#[test]
fn a_file_in_utf_16() {
    assert_eq!(
        complaint(b"\xFF\xFEa\0"),
        "notes.txt is not UTF-8 text: the byte 0xFF at offset 0 (line 1) belongs to no character; \
         save the file as UTF-8"
    );
}

#[test]
fn a_character_the_model_never_saw_is_named_by_its_place_in_the_whole_file() {
    let tokenizer = CharacterTokenizer::from_text("abc\n");
    let text = Text::new("notes.txt", "abc\nabc\nabc\nabñ\n").unwrap();
    let expected = "notes.txt: the character 'ñ' (U+00F1) at line 4, column 3 is not among the 4 characters of this \
                    vocabulary; remove it, or use a model that was trained on a text with this character";
    assert_eq!(TextDataset::new(&text, &tokenizer).unwrap_err().to_string(), expected);
    assert_eq!(TextSplit::whole(&text, &tokenizer).unwrap_err().to_string(), expected);
}

#[test]
fn a_text_too_short_for_the_context() {
    let text = Text::new("notes.txt", &"x".repeat(100)).unwrap();
    let dataset = TextDataset::new(&text, &ByteTokenizer).unwrap();
    let expected = "the validation part of notes.txt has 10 tokens, but a context of 64 needs 65; \
                    use a longer text or a smaller context";
    assert_eq!(Windows::new(&dataset.validation, 64).unwrap_err().to_string(), expected);
    assert_eq!(RandomBatches::new(&dataset.validation, 12, 64, 1).unwrap_err().to_string(), expected);
    assert!(RandomBatches::new(&dataset.train, 12, 64, 1).is_ok());
}

#[test]
fn a_text_too_short_for_the_streams_of_a_batch() {
    let split = TextSplit::from_tokens("notes.txt", vec![0; 768]);
    assert_eq!(
        SequentialBatches::new(&split, 12, 64).unwrap_err().to_string(),
        "notes.txt has 768 tokens, but 12 rows with a context of 64 need 769; \
         use a longer text, a smaller context or fewer rows"
    );
    let split = TextSplit::from_tokens("notes.txt", vec![0]);
    assert_eq!(
        SequentialBatches::new(&split, 1, 64).unwrap_err().to_string(),
        "notes.txt has 1 token, but a context of 64 needs 65; use a longer text or a smaller context"
    );
}

#[test]
fn a_text_of_one_character_has_no_training_part() {
    let text = Text::new("notes.txt", "x").unwrap();
    let dataset = TextDataset::new(&text, &ByteTokenizer).unwrap();
    assert_eq!(
        RandomBatches::new(&dataset.train, 1, 1, 1).unwrap_err().to_string(),
        "the training part of notes.txt has 0 tokens, but a context of 1 needs 2; \
         use a longer text or a smaller context"
    );
}

#[test]
fn the_same_text_saved_on_another_system_is_the_same_text() {
    let (_folder, path) = file(b"\xEF\xBB\xBFone\r\ntwo\rthree\n");
    assert_eq!(Text::read(path).unwrap().as_str(), "one\ntwo\nthree\n");
}
