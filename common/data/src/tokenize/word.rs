//! One token per word.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Stored, Token, TokenizeError, Tokenizer, assert_in_vocabulary};

/// Takes the most frequent words of a training text as tokens, and every symbol between words (punctuation, spaces,
/// line ends) as a token of its own. All other words become the one token [`UNKNOWN`](Self::UNKNOWN).
///
/// A word is a run of letters and digits, with apostrophes inside it (`don't`). The single space between two words
/// is not a token: two neighbouring words can only have been apart, so decoding puts the space back. Whatever has no
/// unknown word in it therefore decodes to exactly the text it came from, at about one token per word.
///
/// ```
/// use data::tokenize::{Tokenizer, WordTokenizer};
///
/// let tokenizer = WordTokenizer::from_text("the cat, the dog", 10);
/// assert_eq!(tokenizer.words(), ["<unk>", "the", " ", ",", "cat", "dog"]);
/// assert_eq!(tokenizer.encode("the dog, cat")?, [1, 5, 3, 2, 4]);
/// assert_eq!(tokenizer.encode("the bird")?, [1, WordTokenizer::UNKNOWN]);
/// assert_eq!(tokenizer.decode(&[1, 5, 3, 2, 4]), "the dog, cat");
/// assert_eq!(tokenizer.decode(&[1, WordTokenizer::UNKNOWN]), "the <unk>");
/// # Ok::<(), data::TokenizeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordTokenizer {
    words: Vec<String>,
    tokens: BTreeMap<String, Token>,
}

impl WordTokenizer {
    /// The token of everything outside the vocabulary.
    pub const UNKNOWN: Token = 0;

    /// The written form of [`UNKNOWN`](Self::UNKNOWN). No text can produce it as a word: `<` is a symbol.
    pub const UNKNOWN_WORD: &'static str = "<unk>";

    /// The tokenizer of the most frequent pieces of `text`: after [`UNKNOWN`](Self::UNKNOWN) come up to
    /// `vocabulary_size - 1` words and symbols, the most frequent first, equals in the order of their code points.
    ///
    /// # Panics
    /// If `vocabulary_size` is 0: the unknown word needs a place.
    #[track_caller]
    pub fn from_text(text: &str, vocabulary_size: usize) -> Self {
        assert!(vocabulary_size > 0, "WordTokenizer: a vocabulary of size 0 has no place for the unknown word");
        let mut counts = BTreeMap::<&str, usize>::new();
        for piece in pieces(text) {
            *counts.entry(piece).or_default() += 1;
        }
        let mut by_frequency: Vec<(&str, usize)> = counts.into_iter().collect();
        by_frequency.sort_by_key(|&(_, count)| Reverse(count)); // stable: equals stay in code point order
        let frequent = by_frequency.into_iter().take(vocabulary_size - 1).map(|(piece, _)| piece.to_owned());
        Self::from_words(std::iter::once(Self::UNKNOWN_WORD.to_owned()).chain(frequent).collect())
    }

    /// The words and symbols, each at the index that is its token.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    pub(super) fn from_stored(words: Vec<String>) -> Result<Self, TokenizeError> {
        let refuse = |reason: String| Err(TokenizeError::Stored { reason });
        if words.first().map(String::as_str) != Some(Self::UNKNOWN_WORD) {
            return refuse(format!("its list of words does not begin with {:?}", Self::UNKNOWN_WORD));
        }
        let mut seen = BTreeSet::new();
        for word in &words[1..] {
            if pieces(word).next() != Some(word) {
                return refuse(format!("{word:?} in its list of words is neither a word nor a symbol"));
            }
            if !seen.insert(word) {
                return refuse(format!("its list of words has {word:?} twice"));
            }
        }
        Ok(Self::from_words(words))
    }

    fn from_words(words: Vec<String>) -> Self {
        let tokens = (0..).zip(&words).skip(1).map(|(token, word)| (word.clone(), token)).collect();
        Self { words, tokens }
    }
}

impl Tokenizer for WordTokenizer {
    /// Never fails: what the vocabulary lacks becomes [`UNKNOWN`](WordTokenizer::UNKNOWN).
    fn encode(&self, text: &str) -> Result<Vec<Token>, TokenizeError> {
        Ok(pieces(text).map(|piece| self.tokens.get(piece).copied().unwrap_or(Self::UNKNOWN)).collect())
    }

    fn decode(&self, tokens: &[Token]) -> String {
        let mut text = String::new();
        let mut after_word = false;
        for &token in tokens {
            assert_in_vocabulary(token, self.words.len());
            let piece = &self.words[token as usize];
            let is_word = token == Self::UNKNOWN || piece.starts_with(char::is_alphanumeric);
            if after_word && is_word {
                text.push(' ');
            }
            text.push_str(piece);
            after_word = is_word;
        }
        text
    }

    fn unknown(&self) -> Option<Token> {
        Some(Self::UNKNOWN)
    }

    fn vocabulary_size(&self) -> usize {
        self.words.len()
    }

    fn to_json(&self) -> String {
        Stored::Word { words: self.words.clone() }.to_json()
    }
}

/// The words and symbols of `text` in order, without the single spaces between two words.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut after_word = false;
    std::iter::from_fn(move || {
        if after_word
            && let Some(next) = rest.strip_prefix(' ')
            && next.starts_with(char::is_alphanumeric)
        {
            rest = next;
        }
        let first = rest.chars().next()?;
        after_word = first.is_alphanumeric();
        let length = if after_word { word_length(rest) } else { first.len_utf8() };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(piece)
    })
}

/// The length in bytes of the word that `text` begins with.
pub(crate) fn word_length(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    while let Some((start, character)) = characters.next() {
        let next_is_letter = characters.peek().is_some_and(|&(_, next)| next.is_alphanumeric());
        let inside = character.is_alphanumeric() || (is_apostrophe(character) && next_is_letter);
        if !inside {
            return start;
        }
    }
    text.len()
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2019}')
}
