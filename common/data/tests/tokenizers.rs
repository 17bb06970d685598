//! Every tokenizer gives a text back as it was, survives being stored, and says what it cannot write.

use data::tokenize::{Bpe, from_json};
use data::{ByteTokenizer, CharacterTokenizer, TokenizeError, Tokenizer, WordTokenizer};
use lipsum::LIBER_PRIMUS;
use proptest::prelude::*;

fn tokenizers_of(text: &str) -> [Box<dyn Tokenizer>; 4] {
    [
        Box::new(CharacterTokenizer::from_text(text)),
        Box::new(ByteTokenizer),
        Box::new(WordTokenizer::from_text(text, usize::MAX)),
        Box::new(Bpe::train(text, 1000, &[])),
    ]
}

#[test]
fn cicero_comes_back_unchanged() {
    for tokenizer in tokenizers_of(LIBER_PRIMUS) {
        let tokens = tokenizer.encode(LIBER_PRIMUS).unwrap();
        assert!(tokens.iter().all(|&token| (token as usize) < tokenizer.vocabulary_size()));
        assert!(tokenizer.decode(&tokens) == LIBER_PRIMUS, "{tokenizer:?}");
    }
}

#[test]
fn words_make_sequences_shorter_than_characters_and_vocabularies_larger() {
    let [character, byte, word, pairs] = tokenizers_of(LIBER_PRIMUS)
        .map(|tokenizer| (tokenizer.vocabulary_size(), tokenizer.encode(LIBER_PRIMUS).unwrap().len()));
    assert_eq!(character, (57, 49_068));
    assert_eq!(byte, (256, 49_068));
    assert_eq!(word, (2_796, 10_793));
    assert_eq!(pairs, (1_000, 16_871));
}

proptest! {
    #[test]
    fn any_text_comes_back_unchanged(text in "\\PC*|[a-z' .,\n]*|(.|\n|\r| )*") {
        for tokenizer in tokenizers_of(&text) {
            prop_assert_eq!(tokenizer.decode(&tokenizer.encode(&text).unwrap()), text.as_str(), "{:?}", tokenizer);
        }
    }

    #[test]
    fn a_stored_tokenizer_gives_the_same_tokens(text in "(.|\n)+", other in "(.|\n)*") {
        for tokenizer in tokenizers_of(&text) {
            let stored = from_json(&tokenizer.to_json()).unwrap();
            prop_assert_eq!(stored.vocabulary_size(), tokenizer.vocabulary_size());
            for text in [&text, &other] {
                prop_assert_eq!(stored.encode(text), tokenizer.encode(text));
            }
            prop_assert_eq!(stored.to_json(), tokenizer.to_json());
        }
    }

    #[test]
    fn any_tokens_of_the_vocabulary_have_a_text(text in ".+", tokens in prop::collection::vec(any::<u32>(), 0..50)) {
        for tokenizer in tokenizers_of(&text) {
            let vocabulary = tokenizer.vocabulary_size() as u32;
            let tokens: Vec<u32> = tokens.iter().map(|token| token % vocabulary).collect();
            tokenizer.decode(&tokens);
        }
    }

    #[test]
    fn an_unknown_character_is_found_at_its_place(before in "[ab\n]*", after in "[abx\n]*") {
        let text = format!("{before}x{after}");
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.rsplit('\n').next().unwrap().len();
        let expected = TokenizeError::UnknownCharacter { character: 'x', position: before.len(), line, column, known: 3 };
        prop_assert_eq!(CharacterTokenizer::from_text("ab\n").encode(&text), Err(expected));
    }
}

#[test]
fn positions_count_characters_and_not_bytes() {
    let error = CharacterTokenizer::from_text("añ\n").encode("ñ\nññx").unwrap_err();
    let place = TokenizeError::UnknownCharacter { character: 'x', position: 4, line: 2, column: 3, known: 3 };
    assert_eq!(error, place);
}

#[test]
fn a_control_character_is_named_in_writing() {
    assert_eq!(
        CharacterTokenizer::from_text("ab").encode("a\tb").unwrap_err().to_string(),
        "the character '\\t' (U+0009) at line 1, column 2 is not among the 2 characters of this vocabulary; \
         remove it, or use a model that was trained on a text with this character"
    );
}

#[test]
fn a_word_ends_where_letters_end_but_keeps_its_apostrophes() {
    let tokenizer = WordTokenizer::from_text("Don't! 'Tis\tFogg's 80", usize::MAX);
    let tokens = tokenizer.encode("Don't! 'Tis\tFogg's 80").unwrap();
    let pieces: Vec<&str> = tokens.iter().map(|&token| tokenizer.words()[token as usize].as_str()).collect();
    assert_eq!(pieces, ["Don't", "!", " ", "'", "Tis", "\t", "Fogg's", "80"]);
}

#[test]
fn a_small_vocabulary_keeps_the_most_frequent_words() {
    let tokenizer = WordTokenizer::from_text("b a b c c b", 3);
    assert_eq!(tokenizer.words(), ["<unk>", "b", "c"]);
    let tokens = tokenizer.encode("a b z c").unwrap();
    assert_eq!(tokens, [WordTokenizer::UNKNOWN, 1, WordTokenizer::UNKNOWN, 2]);
    assert_eq!(tokenizer.decode(&tokens), "<unk> b <unk> c");
}

#[test]
fn the_written_unknown_word_in_a_text_is_not_the_unknown_token() {
    let tokenizer = WordTokenizer::from_text("<unk>", usize::MAX);
    assert!(!tokenizer.encode("<unk>").unwrap().contains(&WordTokenizer::UNKNOWN));
}

#[test]
#[should_panic(expected = "decode: token 256 is not below the vocabulary size 256")]
fn a_token_outside_the_vocabulary_is_a_programmers_error() {
    ByteTokenizer.decode(&[65, 256]);
}

/// What `from_json` says, without its frame.
fn reason(json: &str) -> String {
    let error = from_json(json).unwrap_err().to_string();
    let reason = error.strip_prefix("the stored tokenizer cannot be read: ").unwrap();
    reason.strip_suffix("; restore the file or train the model again").unwrap().to_owned()
}

#[test]
fn a_damaged_stored_tokenizer_is_refused_with_the_reason() {
    assert_eq!(
        reason(r#"{"tokenizer":"character","characters":"ab"#),
        "EOF while parsing a string at line 1 column 41"
    );
    assert_eq!(
        reason(r#"{"tokenizer":"morse"}"#),
        "unknown variant `morse`, expected one of `character`, `byte`, `bpe`, `word`, `published`, `normalized` at line 1 column 20"
    );
    assert_eq!(reason(r#"{"tokenizer":"character","characters":""}"#), "its list of characters is empty");
    assert_eq!(
        reason(r#"{"tokenizer":"character","characters":"abb"}"#),
        "its characters are not in increasing order at 'b', 'b'"
    );
    assert_eq!(reason(r#"{"tokenizer":"word","words":["the"]}"#), "its list of words does not begin with \"<unk>\"");
    assert_eq!(reason(r#"{"tokenizer":"word","words":["<unk>","the","the"]}"#), "its list of words has \"the\" twice");
    assert_eq!(
        reason(r#"{"tokenizer":"word","words":["<unk>","two words"]}"#),
        "\"two words\" in its list of words is neither a word nor a symbol"
    );

    let bytes = serde_json::to_string(&Bpe::train("", 256, &[]).stored()).unwrap();
    let damaged = |from: &str, to: &str| reason(&bytes.replace(from, to));
    assert_eq!(damaged(r#""!","#, ""), "none of its tokens is the byte 33");
    assert_eq!(damaged(r#""!","#, r#""a","#), "its tokens 33 and 97 are both \"a\"");
    assert_eq!(damaged(r#""!","#, r#""a b","#), "its token 33, \"a b\", is not of bytes");
    assert_eq!(
        damaged(r#""merges":[]"#, r#""merges":[[4000000000,0]]"#),
        "a merge names token 4000000000, and it has 256"
    );
    assert_eq!(damaged(r#""merges":[]"#, r#""merges":[[97,98]]"#), "a merge gives \"ab\", which none of its tokens is");
    assert_eq!(damaged(r#""special":[]"#, r#""special":[256]"#), "token 256 is special, and it has 256");
}
