//! Sentences in byte pairs: where their tokens stand.

use std::ops::Range;

use super::{END, PAD, START, UNKNOWN};
use crate::Token;
use crate::tokenize::{Bpe, Tokenizer};

/// The numbers of byte pairs begin behind those of the special tokens.
const FIRST: Token = UNKNOWN + 1;

/// The tokens of a sentence.
pub(super) fn encode(pairs: &Bpe, sentence: &str) -> Vec<Token> {
    pairs.encode_ordinary(sentence).into_iter().map(|token| FIRST + token).collect()
}

/// The bytes of one token.
pub(super) fn bytes(pairs: &Bpe, token: Token) -> Vec<u8> {
    pairs.decode_bytes(&[token - FIRST])
}

/// What each token writes, for tables.
pub(super) fn pieces(pairs: &Bpe) -> Vec<String> {
    (0..pairs.vocabulary_size() as Token).map(|token| pairs.decode(&[token])).collect()
}

/// The sentence of some tokens, and where in it each of them stands. A character of several tokens belongs to the first.
pub(super) fn write(pairs: &Bpe, tokens: &[Token], unknown: impl Fn(usize) -> String) -> (String, Vec<Range<usize>>) {
    let mut bytes = Vec::new();
    let mut spans = Vec::with_capacity(tokens.len());
    for (number, &token) in tokens.iter().enumerate() {
        let start = bytes.len();
        match token {
            PAD | START | END => {}
            UNKNOWN => bytes.extend(unknown(number).into_bytes()),
            token => bytes.extend(self::bytes(pairs, token)),
        }
        spans.push(start..bytes.len());
    }
    let mut sentence = String::new();
    // Of each byte, where the first character begins that is not before it.
    let mut places = Vec::with_capacity(bytes.len() + 1);
    let mut push = |character: char, length: usize, places: &mut Vec<usize>| {
        places.push(sentence.len());
        sentence.push(character);
        places.extend(std::iter::repeat_n(sentence.len(), length - 1));
    };
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|character| push(character, character.len_utf8(), &mut places));
        if !chunk.invalid().is_empty() {
            push(char::REPLACEMENT_CHARACTER, chunk.invalid().len(), &mut places);
        }
    }
    places.push(sentence.len());
    (sentence, spans.into_iter().map(|span| places[span.start]..places[span.end]).collect())
}
