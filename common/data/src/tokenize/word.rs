//! One token per word.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Stored, Token, TokenizeError, Tokenizer, assert_in_vocabulary};
use crate::quoted;
use crate::words::{Part, WordRule};

/// Takes the most frequent words of a training text as tokens, and every symbol between words (punctuation, spaces,
/// line ends) as a token of its own. All other words become the one token [`UNKNOWN`](Self::UNKNOWN).
///
/// Words are those of [`WordRule::Unicode`]; a character of a script without spaces is a token of its own. The single
/// space between two words is not a token: two neighbouring words can only have been apart, so decoding puts the space
/// back. Whatever has no unknown word in it therefore decodes to exactly the text it came from, at about one token per
/// word.
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
///
/// let tokenizer = WordTokenizer::from_text("हिन्दी में", 10);
/// assert_eq!(tokenizer.words(), ["<unk>", "में", "हिन्दी"]);
/// let tokenizer = WordTokenizer::from_text("我用 AI", 10);
/// assert_eq!(tokenizer.decode(&tokenizer.encode("AI 用我")?), "AI 用我");
/// # Ok::<(), data::TokenizeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordTokenizer {
    rule: WordRule,
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
        let rule = WordRule::Unicode;
        for piece in pieces(rule, text) {
            *counts.entry(piece).or_default() += 1;
        }
        let mut by_frequency: Vec<(&str, usize)> = counts.into_iter().collect();
        by_frequency.sort_by_key(|&(_, count)| Reverse(count)); // stable: equals stay in code point order
        let frequent = by_frequency.into_iter().take(vocabulary_size - 1).map(|(piece, _)| piece.to_owned());
        Self::from_words(rule, std::iter::once(Self::UNKNOWN_WORD.to_owned()).chain(frequent).collect())
    }

    /// The words and symbols, each at the index that is its token.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    pub(super) fn from_stored(rule: WordRule, words: Vec<String>) -> Result<Self, TokenizeError> {
        let refuse = |reason: String| Err(TokenizeError::Stored { reason });
        if words.first().map(String::as_str) != Some(Self::UNKNOWN_WORD) {
            return refuse(format!("its list of words does not begin with {}", quoted(Self::UNKNOWN_WORD)));
        }
        let mut seen = BTreeSet::new();
        for word in &words[1..] {
            if pieces(rule, word).next() != Some(word) {
                return refuse(format!("{} in its list of words is neither a word nor a symbol", quoted(word)));
            }
            if !seen.insert(word) {
                return refuse(format!("its list of words has {} twice", quoted(word)));
            }
        }
        Ok(Self::from_words(rule, words))
    }

    fn from_words(rule: WordRule, words: Vec<String>) -> Self {
        let tokens = (0..).zip(&words).skip(1).map(|(token, word)| (word.clone(), token)).collect();
        Self { rule, words, tokens }
    }
}

impl Tokenizer for WordTokenizer {
    /// Never fails: what the vocabulary lacks becomes [`UNKNOWN`](WordTokenizer::UNKNOWN).
    fn encode(&self, text: &str) -> Result<Vec<Token>, TokenizeError> {
        Ok(pieces(self.rule, text).map(|piece| self.tokens.get(piece).copied().unwrap_or(Self::UNKNOWN)).collect())
    }

    fn decode(&self, tokens: &[Token]) -> String {
        let mut text = String::new();
        let mut after_word = false;
        for &token in tokens {
            assert_in_vocabulary(token, self.words.len());
            let piece = &self.words[token as usize];
            let is_word = token == Self::UNKNOWN || self.rule.part(piece) == Part::Word;
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

    fn word_rule(&self) -> Option<WordRule> {
        Some(self.rule)
    }

    fn vocabulary_size(&self) -> usize {
        self.words.len()
    }

    fn stored(&self) -> Stored {
        Stored::Word { rule: self.rule, words: self.words.clone() }
    }
}

/// The words and symbols of `text` in order, without the single spaces between two words.
fn pieces(rule: WordRule, text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut after_word = false;
    std::iter::from_fn(move || {
        let (mut piece, mut part) = rule.first(rest)?;
        if after_word
            && let Some(next) = rest.strip_prefix(' ')
            && let Some((word, Part::Word)) = rule.first(next)
        {
            (rest, piece, part) = (next, word, Part::Word);
        }
        rest = &rest[piece.len()..];
        after_word = part == Part::Word;
        Some(piece)
    })
}
