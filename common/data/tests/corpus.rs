//! The built-in book is the one that was published, and nothing but Verne's.

use data::corpus::{self, BOOK, BOOK_SHA256};
use data::{CharacterTokenizer, TextDataset, Tokenizer};
use sha2::{Digest, Sha256};

#[test]
fn the_book_is_the_one_whose_sha_256_is_stated() {
    let digest: String = Sha256::digest(BOOK).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, BOOK_SHA256);
}

#[test]
fn the_book_begins_with_its_title_and_ends_with_its_last_sentence() {
    assert!(BOOK.starts_with("AROUND THE WORLD IN EIGHTY DAYS\n"));
    assert!(BOOK.ends_with("\nTruly, would you not for less than that make the tour around the world?\n"));
}

#[test]
fn nothing_of_its_publisher_is_left() {
    let lower = BOOK.to_lowercase();
    for word in ["gutenberg", "ebook", "e-text", "transcriber", "illustration", "license", "copyright", "http", "***"] {
        assert!(!lower.contains(word), "the book still says {word:?}");
    }
    assert!(!BOOK.contains(['\r', '\u{FEFF}', '\t', '[', ']']));
}

#[test]
fn the_book_has_37_chapters() {
    let headings = BOOK.lines().filter(|line| line.to_lowercase().starts_with("chapter ")).count();
    assert_eq!(headings, 37);
}

#[test]
fn its_sizes_are_the_documented_ones() {
    let book = corpus::book();
    let tokenizer = CharacterTokenizer::from_text(book.as_str());
    assert_eq!(tokenizer.vocabulary_size(), 78);
    let dataset = TextDataset::new(&book, &tokenizer).unwrap();
    assert_eq!(dataset.train.tokens().len(), 333_784);
    assert_eq!(dataset.validation.tokens().len(), 37_088);
}
