//! Texts: read, checked, tokenized and split.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use crate::quote::quoted_briefly;
use crate::{Token, TokenizeError, Tokenizer, counted, quoted};

/// Why a text cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// There is no such file.
    #[error("there is no file {}; check the path", path.display())]
    Missing {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The system refused to read the file.
    #[error("{} cannot be read: {source}; {}", path.display(), readable(source))]
    Unreadable {
        /// The path that was asked for.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file has no characters.
    #[error("{name} is empty; choose a file with text in it")]
    Empty {
        /// The text's name.
        name: String,
    },
    /// The file has white space alone.
    #[error("{name} has nothing but white space; choose a file with text in it")]
    Blank {
        /// The text's name.
        name: String,
    },
    /// The file is not UTF-8.
    #[error(
        "{name} is not UTF-8 text: the byte {byte:#04X} at offset {offset} (line {line}) belongs to no character; \
         save the file as UTF-8"
    )]
    NotUtf8 {
        /// The text's name.
        name: String,
        /// The first byte that belongs to no character.
        byte: u8,
        /// How many bytes come before it.
        offset: usize,
        /// Its line, counted from 1.
        line: usize,
    },
    /// The text cannot be written in the vocabulary.
    #[error("{name}: {source}")]
    Tokenize {
        /// The text's name.
        name: String,
        /// What the tokenizer said.
        #[source]
        source: TokenizeError,
    },
    /// There is nothing.
    #[error("{name} has no tokens, so there is nothing to learn from it; use a longer text")]
    NoTokens {
        /// The text's name, or which part of it.
        name: String,
    },
    /// The text is one token.
    #[error(
        "{name} is one token, {what}, so nothing follows that could be learnt; choose another text or smaller tokens"
    )]
    OneToken {
        /// The text's name, or which part of it.
        name: String,
        /// The token.
        what: String,
    },
    /// It says one thing again and again.
    #[error("{name} is {what} over and over, so there is nothing to learn from it; choose another text")]
    Monotonous {
        /// The text's name, or which part of it.
        name: String,
        /// What it is made of.
        what: String,
    },
    /// The text, or one part of it, has no room for one row.
    #[error(
        "{name} has {}, but a context of {context} needs {}; use a longer text or a smaller context",
        counted(*.tokens, "token"),
        .context.saturating_add(1)
    )]
    TooShort {
        /// The text's name, or which part of it.
        name: String,
        /// How many tokens it has.
        tokens: usize,
        /// How many tokens a row has; its last target is one more.
        context: usize,
    },
    /// The text, or one part of it, has no room for the streams of a batch side by side.
    #[error(
        "{name} has {}, but {} with a context of {context} {} {}; use a longer text, a smaller context or fewer rows",
        counted(*.tokens, "token"),
        counted(*.rows, "row"),
        if *.rows == 1 { "needs" } else { "need" },
        .rows.saturating_mul(*.context).saturating_add(1)
    )]
    TooShortForRows {
        /// The text's name, or which part of it.
        name: String,
        /// How many tokens it has.
        tokens: usize,
        /// How many rows are read side by side.
        rows: usize,
        /// How many tokens a row has.
        context: usize,
    },
}

/// What helps if the system refuses to read.
fn readable(error: &io::Error) -> &'static str {
    // ENFILE and EMFILE of every Unix.
    match error.raw_os_error() {
        Some(23 | 24) if cfg!(unix) => "let more files be open (ulimit -n)",
        _ => "choose a text file that you may read",
    }
}

/// A text and the name by which error messages and reports call it.
///
/// However its file was saved, a text has no byte-order mark, and its lines end in `\n`: the same text gives the same
/// tokens on every system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    name: String,
    content: String,
}

impl Text {
    /// The text `content`, called `name`.
    ///
    /// # Errors
    /// [`TextError::Empty`] if nothing is in it.
    pub fn new(name: impl Into<String>, content: &str) -> Result<Self, TextError> {
        let name = name.into();
        let content = content.strip_prefix('\u{FEFF}').unwrap_or(content);
        if content.is_empty() {
            return Err(TextError::Empty { name });
        }
        let content = content.replace("\r\n", "\n").replace('\r', "\n");
        Ok(Self { name, content })
    }

    /// The text in a UTF-8 file, called by its path.
    ///
    /// # Errors
    /// If the file is missing, cannot be read, is empty or is not UTF-8.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, TextError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => TextError::Missing { path: path.to_owned() },
            _ => TextError::Unreadable { path: path.to_owned(), source },
        })?;
        Self::from_bytes(path.display().to_string(), &bytes)
    }

    /// The text in some bytes, called `name`.
    ///
    /// # Errors
    /// If they are none or not UTF-8.
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Result<Self, TextError> {
        match std::str::from_utf8(bytes) {
            Ok(content) => Self::new(name, content),
            Err(error) => {
                let offset = error.valid_up_to();
                let line = 1 + bytes[..offset].iter().filter(|&&byte| byte == b'\n').count();
                Err(TextError::NotUtf8 { name: name.into(), byte: bytes[offset], offset, line })
            }
        }
    }

    /// Whether there is something to learn.
    ///
    /// # Errors
    /// [`TextError::Blank`] if the text is white space, and [`TextError::Monotonous`] if it is one character over and over.
    pub fn varies(&self) -> Result<(), TextError> {
        let name = self.name.clone();
        let mut characters = self.content.chars();
        match characters.next() {
            _ if is_blank(&self.content) => Err(TextError::Blank { name }),
            Some(first) if characters.all(|character| character == first) => {
                Err(TextError::Monotonous { name, what: quoted(&first.to_string()) })
            }
            _ => Ok(()),
        }
    }

    /// What the text is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.content
    }
}

/// Whether a line says nothing: there is white space in it at most, or a byte-order mark.
///
/// ```
/// assert!(data::is_blank(" \t\u{3000}\u{FEFF}"));
/// assert!(!data::is_blank(" ."));
/// ```
pub fn is_blank(line: &str) -> bool {
    line.chars().all(|character| character.is_whitespace() || matches!(character, '\u{200B}' | '\u{FEFF}'))
}

/// A text's tokens in two parts: the first 90 % to learn from, the rest to judge by.
///
/// The cut is where nanoGPT makes it: after `floor(0.9 n)` of the n characters in the tokenizer's normal form, before
/// anything is tokenized, so it is the same for every kind of token.
///
/// ```
/// use data::{CharacterTokenizer, Text, TextDataset};
///
/// let text = Text::new("digits", "0123456789")?;
/// let dataset = TextDataset::new(&text, &CharacterTokenizer::from_text(text.as_str()))?;
/// assert_eq!(dataset.train.tokens(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
/// assert_eq!(dataset.validation.tokens(), [9]);
/// # Ok::<(), data::TextError>(())
/// ```
#[derive(Debug, Clone)]
pub struct TextDataset {
    /// What the model learns from.
    pub train: TextSplit,
    /// What it does not learn from, and is judged by. A tokenizer made of the whole text has seen it.
    pub validation: TextSplit,
}

impl TextDataset {
    /// The two parts of `text` as tokens.
    ///
    /// # Errors
    /// [`TextError::Tokenize`] if `tokenizer` lacks a character of `text`.
    pub fn new(text: &Text, tokenizer: &dyn Tokenizer) -> Result<Self, TextError> {
        Self::holding_out(HELD_OUT, text, tokenizer)
    }

    /// The same with another part to judge by, between 0 and 1, rounded up to whole characters.
    ///
    /// # Errors
    /// [`TextError::Tokenize`] if `tokenizer` lacks a character of `text`.
    pub fn holding_out(share: f64, text: &Text, tokenizer: &dyn Tokenizer) -> Result<Self, TextError> {
        let content = tokenizer.normal_form().apply(text.as_str());
        // The whole text first, so that an unknown character is named by its place in the file.
        if let Err(source) = tokenizer.encode(&content) {
            return Err(TextError::Tokenize { name: text.name.clone(), source });
        }
        let (train, validation) = divide(&content, share);
        Ok(Self {
            train: TextSplit::new(format!("the training part of {}", text.name), train, tokenizer)?,
            validation: TextSplit::new(format!("the validation part of {}", text.name), validation, tokenizer)?,
        })
    }
}

/// The part of a text or of pairs that is judged by, if nothing else is said.
pub const HELD_OUT: f64 = 0.1;

/// What is learned from of a text in its normal form, and this share of it, its end, that is judged by.
pub fn divide(content: &str, share: f64) -> (&str, &str) {
    let characters = content.chars().count();
    let held_out = (share * characters as f64).ceil() as usize;
    let cut = content.char_indices().nth(characters.saturating_sub(held_out)).map_or(0, |(byte, _)| byte);
    content.split_at(cut)
}

/// A run of consecutive tokens, with the name by which error messages call it. Clones share the tokens.
#[derive(Debug, Clone)]
pub struct TextSplit {
    name: String,
    tokens: Arc<[Token]>,
}

impl TextSplit {
    /// All of `text`, undivided: for a text that was not trained on.
    ///
    /// # Errors
    /// [`TextError::Tokenize`] if `tokenizer` lacks a character of `text`.
    pub fn whole(text: &Text, tokenizer: &dyn Tokenizer) -> Result<Self, TextError> {
        Self::new(text.name.clone(), text.as_str(), tokenizer)
    }

    /// The tokens given, called `name`.
    pub fn from_tokens(name: impl Into<String>, tokens: impl Into<Arc<[Token]>>) -> Self {
        Self { name: name.into(), tokens: tokens.into() }
    }

    /// Whether there is something to learn: two tokens that differ.
    ///
    /// # Errors
    /// [`TextError::NoTokens`] and [`TextError::OneToken`] if there are no two, and [`TextError::Monotonous`] if all are the
    /// same one, which `tokenizer` made.
    pub fn varies(&self, tokenizer: &dyn Tokenizer) -> Result<(), TextError> {
        match self.tokens[..] {
            [] => Err(TextError::NoTokens { name: self.name.clone() }),
            [only] => {
                Err(TextError::OneToken { name: self.name.clone(), what: quoted_briefly(&tokenizer.decode(&[only])) })
            }
            [first, ref rest @ ..] if rest.iter().all(|&token| token == first) => Err(TextError::Monotonous {
                name: self.name.clone(),
                what: quoted_briefly(&tokenizer.decode(&[first])),
            }),
            _ => Ok(()),
        }
    }

    /// What this part is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tokens, in the order of the text.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    fn new(name: String, text: &str, tokenizer: &dyn Tokenizer) -> Result<Self, TextError> {
        match tokenizer.encode(text) {
            Ok(tokens) => Ok(Self::from_tokens(name, tokens)),
            Err(source) => Err(TextError::Tokenize { name, source }),
        }
    }

    /// The tokens, once it is sure that `rows` runs of `context` tokens fit without overlap, and the token after them.
    pub(crate) fn with_room_for(&self, rows: usize, context: usize) -> Result<Arc<[Token]>, TextError> {
        let (name, tokens) = (self.name.clone(), self.tokens.len());
        let rows_in_text = tokens.saturating_sub(1) / context;
        if rows_in_text == 0 {
            Err(TextError::TooShort { name, tokens, context })
        } else if rows_in_text < rows {
            Err(TextError::TooShortForRows { name, tokens, rows, context })
        } else {
            Ok(Arc::clone(&self.tokens))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HELD_OUT, divide};

    /// It is rounded up, and a tenth is cut off where nanoGPT cuts.
    #[test]
    fn a_share_is_cut_off_the_end() {
        let text = "ä".repeat(3000);
        for characters in 0..=3000 {
            let (train, held_out) = divide(&text[..2 * characters], HELD_OUT);
            assert_eq!([train, held_out].map(|part| part.len() / 2), [characters * 9 / 10, characters.div_ceil(10)]);
        }
        for (share, learned_from) in [(0.2, "012345"), (0.9, ""), (0.5, "0123"), (0.001, "0123456")] {
            assert_eq!(divide("01234567", share).0, learned_from);
        }
    }
}
