//! Byte-level byte-pair encoding: against a literal trainer, and against tiktoken with the vocabulary of GPT-2.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use data::tokenize::bpe::Split;
use data::tokenize::{Bpe, from_json};
use data::{Token, Tokenizer, corpus};
use fancy_regex::Regex;
use proptest::prelude::*;
use tiktoken_rs::{CoreBPE, cl100k_base_singleton, r50k_base_singleton};

#[path = "../../../labs/course/23-byte-pair-encoding/solutions/table.rs"]
mod lab;

/// Our tokenizer with the vocabulary of one of theirs.
fn with_vocabulary(theirs: &CoreBPE, split: Split, special: &[&str]) -> Bpe {
    let pieces = (0..).map_while(|token| theirs.decode_bytes(&[token]).ok());
    let pieces: Vec<Vec<u8>> = pieces.take_while(|piece| special.iter().all(|text| text.as_bytes() != piece)).collect();
    Bpe::from_ranks(split, pieces, special).unwrap()
}

static GPT2: LazyLock<Bpe> = LazyLock::new(|| with_vocabulary(r50k_base_singleton(), Split::Gpt2, &[Bpe::END_OF_TEXT]));

/// Text in which the rules of both splits meet each other often.
fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "\\PC{0,8}",
        "[ \t\r\n\u{b}\u{85}\u{a0}\u{2028}\u{3000}]{1,4}",
        "[ ]?['’]?(s|S|ſ|t|re|RE|lL|ll|ve|d|M|K)",
        "[ ]?[0-9²½٣Ⅷ]{1,5}",
        "[ ]?[a-zA-Zäßéñ一二あ한עबि\u{301}]{1,9}",
        "[ ]?[-+*/=(){};:.,!?<>\"#_]{1,4}",
        "[👩👧🏽\u{200d}❤\u{fe0f}🇪🇸]{1,4}",
        Just("<|endoftext|>".to_owned()),
    ];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

/// Recounts everything before each merge.
fn literal_merges(text: &str, size: usize) -> Vec<(Token, Token)> {
    let mut words: Vec<Vec<Vec<u8>>> =
        Split::Gpt2.pieces(text).map(|piece| piece.bytes().map(|byte| vec![byte]).collect()).collect();
    let mut known: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
    let mut merges = Vec::new();
    while known.len() < size {
        let token = |piece: &Vec<u8>| known.iter().position(|known| known == piece).unwrap() as Token;
        let mut counts = BTreeMap::<(Token, Token), usize>::new();
        for pair in words.iter().flat_map(|word| word.windows(2)) {
            *counts.entry((token(&pair[0]), token(&pair[1]))).or_default() += 1;
        }
        let most = counts.values().max().copied().unwrap_or(0);
        if most < 2 {
            break;
        }
        let pair = *counts.iter().find(|(_, count)| **count == most).unwrap().0;
        let [left, right] = [&known[pair.0 as usize], &known[pair.1 as usize]].map(Vec::clone);
        let both = [left.clone(), right.clone()].concat();
        for word in &mut words {
            let mut place = 0;
            while place + 1 < word.len() {
                if word[place] == left && word[place + 1] == right {
                    word.splice(place..place + 2, [both.clone()]);
                }
                place += 1;
            }
        }
        if !merges.contains(&pair) {
            merges.push(pair);
        }
        if !known.contains(&both) {
            known.push(both);
        }
    }
    merges
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn both_splits_are_those_of_their_expressions(text in texts()) {
        static EXPRESSIONS: LazyLock<[(Split, Regex); 2]> =
            LazyLock::new(|| [Split::Gpt2, Split::Llama3].map(|split| (split, Regex::new(split.pattern()).unwrap())));
        for (split, expression) in &*EXPRESSIONS {
            let expected: Vec<&str> = expression.find_iter(&text).map(|found| found.unwrap().as_str()).collect();
            prop_assert_eq!(split.pieces(&text).collect::<Vec<_>>(), expected, "{:?}", split);
        }
    }

    #[test]
    fn with_the_vocabulary_of_gpt2_the_tokens_are_those_of_tiktoken(text in texts()) {
        let theirs = r50k_base_singleton();
        prop_assert_eq!(GPT2.encode_ordinary(&text), theirs.encode_ordinary(&text));
        prop_assert_eq!(GPT2.encode(&text).unwrap(), theirs.encode_with_special_tokens(&text));
    }

    #[test]
    fn every_text_and_all_bytes_come_back(text in texts(), bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for tokenizer in [&Bpe::train(&text, 300, &["<|endoftext|>"]), &*GPT2] {
            prop_assert_eq!(tokenizer.decode(&tokenizer.encode(&text).unwrap()), &*text);
            prop_assert_eq!(tokenizer.decode(&tokenizer.encode_ordinary(&text)), &*text);
            prop_assert_eq!(tokenizer.encode_bytes(text.as_bytes()), tokenizer.encode_ordinary(&text));
            prop_assert_eq!(tokenizer.decode_bytes(&tokenizer.encode_bytes(&bytes)), &*bytes);
        }
    }

    #[test]
    fn fast_training_finds_the_merges_of_the_literal_one(text in "[ab ]{0,60}|(ab|aab|ba|abc| )*|[a-c\n é]{0,80}", size in 257..330_usize) {
        let fast = Bpe::train(&text, size, &[]);
        prop_assert_eq!(fast.merges(), literal_merges(&text, size));
    }

    /// As long as no two merges write the same bytes, for which the lab has two tokens.
    #[test]
    fn the_lab_asks_for_the_merges_and_tokens_of_training(text in "[ab ]{0,60}|(ab|aab|ba|abc| )*|[a-c\n é]{0,80}", most in 0..9_usize) {
        let tokenizer = Bpe::train(&text, 256 + most, &[]);
        prop_assume!(tokenizer.vocabulary_size() == 256 + tokenizer.merges().len());
        let bytes = |piece: &str| piece.bytes().map(usize::from).collect::<Vec<_>>();
        let words: Vec<_> = Split::Gpt2.pieces(&text).map(|piece| (bytes(piece), 1)).collect();
        let merges = lab::train(&words, 256, most);
        let merged: Vec<_> = merges.iter().map(|&(left, right)| (left as Token, right as Token)).collect();
        prop_assert_eq!(tokenizer.merges(), merged);
        for piece in Split::Gpt2.pieces(&text) {
            let tokens: Vec<_> = lab::encode(&bytes(piece), 256, &merges).into_iter().map(|token| token as Token).collect();
            prop_assert_eq!(tokenizer.encode(piece).unwrap(), tokens);
        }
    }

    #[test]
    fn a_stored_tokenizer_gives_the_same_tokens(text in texts(), other in texts()) {
        let tokenizer = Bpe::train(&text, 290, &["<|endoftext|>", "<a b>"]);
        let stored = from_json(&tokenizer.to_json()).unwrap();
        prop_assert_eq!(stored.to_json(), tokenizer.to_json());
        for text in [&text, &other] {
            prop_assert_eq!(stored.encode(text), tokenizer.encode(text));
        }
    }
}

#[test]
fn code_and_a_book_have_the_tokens_of_tiktoken() {
    for text in [include_str!("bpe.rs"), &corpus::book().as_str()[..100_000]] {
        assert!(GPT2.encode_ordinary(text) == r50k_base_singleton().encode_ordinary(text));
    }
}

/// Behind the last word theirs takes all white space at once.
#[test]
fn with_the_vocabulary_of_gpt4_the_tokens_are_those_of_tiktoken() {
    let theirs = cl100k_base_singleton();
    let pieces: Vec<Vec<u8>> = (0..).map_while(|token| theirs.decode_bytes(&[token]).ok()).collect();
    let ours = Bpe::from_ranks(Split::Llama3, pieces, &[]).unwrap();
    for text in [include_str!("bpe.rs").trim_end(), corpus::book().as_str()[..50_000].trim_end()] {
        assert!(ours.encode_ordinary(text) == theirs.encode_ordinary(text));
    }
}

#[test]
fn a_long_run_is_encoded_at_once() {
    let tokens = GPT2.encode(&"a".repeat(200_000)).unwrap();
    assert_eq!(GPT2.decode(&tokens).len(), 200_000);
}

#[test]
fn nothing_is_learnt_across_or_from_special_tokens() {
    let text = "<|x|>a<|x|>b".repeat(9);
    let tokenizer = Bpe::train(&text, 1000, &["<|x|>"]);
    assert_eq!(tokenizer.vocabulary_size(), 257);
    assert_eq!(tokenizer.encode("<|x|>a").unwrap(), [256, 97]);
    assert_eq!(tokenizer.encode_ordinary("<|x|>").len(), 5);
}

#[test]
fn a_text_that_ends_early_gives_a_smaller_vocabulary() {
    let tokenizer = Bpe::train("abab ab", 10_000, &[]);
    assert_eq!(tokenizer.merges(), [(97, 98)]);
    assert_eq!(tokenizer.decode_bytes(&[256]), b"ab");
    assert_eq!(tokenizer.vocabulary_size(), 257);
}

#[test]
#[should_panic(expected = "Bpe: a vocabulary of 256 has no place for 257 tokens")]
fn a_vocabulary_below_the_bytes_is_a_programmers_error() {
    Bpe::train("", 256, &["<|endoftext|>"]);
}
