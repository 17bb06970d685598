//! From text to numbers and back.
//!
//! A model sees text as a sequence of [`Token`]s, numbers below the vocabulary size. What a token stands for is a
//! choice, and each choice here pays a different price:
//!
//! | tokenizer | a token is | vocabulary | sequences | text it cannot write |
//! |---|---|---|---|---|
//! | [`CharacterTokenizer`] | a character of the training text | small | long | other characters |
//! | [`ByteTokenizer`] | a byte of UTF-8 | 256 | longest | none |
//! | [`WordTokenizer`] | a frequent word or a symbol | large | short | rare words become `<unk>` |
//! | [`Bpe`] | bytes that often stand together | as asked for | short | none |
//!
//! [`Normalized`] lets any of them read texts in one [`NormalForm`].

pub mod bpe;
mod byte;
mod character;
mod class;
mod normalized;
pub mod published;
mod special;
mod word;

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

pub use bpe::Bpe;
pub use byte::ByteTokenizer;
pub use character::CharacterTokenizer;
pub use normalized::Normalized;
pub use word::WordTokenizer;

use crate::NormalForm;
use crate::quote::quoted_character;
use crate::words::WordRule;

/// A token's number: below the vocabulary size of the tokenizer that made it.
pub type Token = u32;

/// Turns text into tokens and tokens into text.
///
/// A tokenizer is plain data: it can be shared between threads, and [`to_json`](Tokenizer::to_json) with
/// [`from_json`] carries it inside a checkpoint.
pub trait Tokenizer: Debug + Send + Sync {
    /// The tokens of `text`.
    ///
    /// # Errors
    /// [`TokenizeError::UnknownCharacter`] if the vocabulary has no way to write a character of `text`.
    fn encode(&self, text: &str) -> Result<Vec<Token>, TokenizeError>;

    /// The text of `tokens`. A model may produce any sequence, so every sequence has a text: bytes that are no UTF-8
    /// decode to U+FFFD, an unknown word to `<unk>`.
    ///
    /// # Panics
    /// If a token is not below [`vocabulary_size`](Tokenizer::vocabulary_size).
    fn decode(&self, tokens: &[Token]) -> String;

    /// The bytes of `tokens`, where these end or begin inside a character: what [`decode`](Tokenizer::decode) makes
    /// U+FFFD comes back as it is.
    ///
    /// # Panics
    /// If a token is not below [`vocabulary_size`](Tokenizer::vocabulary_size).
    fn decode_bytes(&self, tokens: &[Token]) -> Vec<u8> {
        self.decode(tokens).into_bytes()
    }

    /// The token that stands for everything outside the vocabulary, if the tokenizer has one.
    fn unknown(&self) -> Option<Token> {
        None
    }

    /// The tokens that stand for no text but for something about it, such as `[MASK]`, with how they are written.
    fn special_tokens(&self) -> Vec<(String, Token)> {
        Vec::new()
    }

    /// The form into which a text is put before it is read.
    fn normal_form(&self) -> NormalForm {
        NormalForm::None
    }

    /// How words are told apart, if tokens are words.
    fn word_rule(&self) -> Option<WordRule> {
        None
    }

    /// The number of tokens, V.
    fn vocabulary_size(&self) -> usize;

    /// Its stored form.
    fn stored(&self) -> Stored;

    /// This tokenizer as one JSON object, the same text for equal tokenizers.
    fn to_json(&self) -> String {
        serde_json::to_string(&self.stored()).expect("strings and lists of strings always have a JSON form")
    }
}

/// Why a text or a stored tokenizer was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenizeError {
    /// The text has a character that the vocabulary lacks.
    #[error(
        "the character {} (U+{:04X}) at line {line}, column {column} is not among the {known} characters \
         of this vocabulary; remove it, or use a model that was trained on a text with this character",
        quoted_character(*.character),
        *.character as u32
    )]
    UnknownCharacter {
        /// The character.
        character: char,
        /// How many characters of the text come before it.
        position: usize,
        /// Its line, counted from 1.
        line: usize,
        /// Its place in that line in characters, counted from 1.
        column: usize,
        /// The number of characters in the vocabulary.
        known: usize,
    },
    /// A model that reads texts as a whole needs tokens around them.
    #[error(
        "the tokenizer has no token {mark}, which models of hidden words need; use the tokenizer that the model was published \
         with"
    )]
    NoMark {
        /// How it is written.
        mark: &'static str,
    },
    /// A file that a model was published with cannot be read.
    #[error("the tokenizer cannot be read: {reason}; give the file that the model was published with")]
    Published {
        /// What is wrong with it, or not known here.
        reason: String,
    },
    /// A stored tokenizer is no JSON object that [`Tokenizer::to_json`] writes.
    #[error("the stored tokenizer cannot be read: {reason}; restore the file or train the model again")]
    Stored {
        /// What is wrong with it, and where.
        reason: String,
    },
}

/// The tokenizer that [`Tokenizer::to_json`] wrote.
///
/// ```
/// use data::tokenize::{self, CharacterTokenizer, Tokenizer};
///
/// let json = CharacterTokenizer::from_text("abba").to_json();
/// assert_eq!(json, r#"{"tokenizer":"character","characters":"ab"}"#);
/// assert_eq!(tokenize::from_json(&json)?.encode("bab")?, [1, 0, 1]);
/// # Ok::<(), data::TokenizeError>(())
/// ```
///
/// # Errors
/// [`TokenizeError::Stored`] if `json` is not such an object or its vocabulary is empty or repeats itself.
pub fn from_json(json: &str) -> Result<Box<dyn Tokenizer>, TokenizeError> {
    let stored: Stored =
        serde_json::from_str(json).map_err(|error| TokenizeError::Stored { reason: error.to_string() })?;
    stored.restore()
}

/// The stored form of every tokenizer of this crate.
#[derive(Serialize, Deserialize)]
#[serde(tag = "tokenizer", rename_all = "lowercase", deny_unknown_fields)]
pub enum Stored {
    /// A [`CharacterTokenizer`].
    Character {
        /// Its characters in order.
        characters: String,
    },
    /// A [`ByteTokenizer`].
    Byte,
    /// A [`Bpe`].
    Bpe(bpe::StoredBpe),
    /// A [`WordTokenizer`].
    Word {
        /// How it tells words apart; tokenizers of before there was a choice do not say it.
        #[serde(default)]
        rule: WordRule,
        /// Its words, each at the index that is its token.
        words: Vec<String>,
    },
    /// A [`Published`](published::Published) tokenizer.
    Published {
        /// The `tokenizer.json` that it was read from.
        file: String,
    },
    /// A [`Normalized`] tokenizer.
    Normalized {
        /// In which form it reads.
        form: NormalForm,
        /// By which tokenizer.
        of: Box<Stored>,
    },
}

impl Stored {
    fn restore(self) -> Result<Box<dyn Tokenizer>, TokenizeError> {
        Ok(match self {
            Stored::Character { characters } => Box::new(CharacterTokenizer::from_stored(&characters)?),
            Stored::Byte => Box::new(ByteTokenizer),
            Stored::Bpe(stored) => Box::new(Bpe::from_stored(stored)?),
            Stored::Word { rule, words } => Box::new(WordTokenizer::from_stored(rule, words)?),
            Stored::Published { file } => published::read(&file)?,
            Stored::Normalized { form, of } => Box::new(Normalized::new(form, of.restore()?)),
        })
    }
}

/// Stops at a token that no text has.
#[track_caller]
fn assert_in_vocabulary(token: Token, vocabulary_size: usize) {
    assert!(
        (token as usize) < vocabulary_size,
        "decode: token {token} is not below the vocabulary size {vocabulary_size}"
    );
}
