//! One token per character.

use std::collections::BTreeSet;

use crate::quote::quoted_character;

use super::{Stored, Token, TokenizeError, Tokenizer, assert_in_vocabulary};

/// Takes every distinct character of a training text as a token, numbered in code point order (as nanoGPT's
/// `shakespeare_char` does).
///
/// ```
/// use data::tokenize::{CharacterTokenizer, Tokenizer};
///
/// let tokenizer = CharacterTokenizer::from_text("hello");
/// assert_eq!(tokenizer.vocabulary_size(), 4); // e h l o
/// assert_eq!(tokenizer.encode("hole")?, [1, 3, 2, 0]);
/// assert_eq!(tokenizer.decode(&[1, 3, 2, 0]), "hole");
/// assert_eq!(
///     tokenizer.encode("hole, hal").unwrap_err().to_string(),
///     "the character ',' (U+002C) at line 1, column 5 is not among the 4 characters of this vocabulary; \
///      remove it, or use a model that was trained on a text with this character"
/// );
/// # Ok::<(), data::TokenizeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharacterTokenizer {
    /// Strictly increasing, so that a character's token is found by bisection.
    characters: Vec<char>,
}

impl CharacterTokenizer {
    /// The tokenizer whose vocabulary is the set of characters of `text`.
    pub fn from_text(text: &str) -> Self {
        let characters: BTreeSet<char> = text.chars().collect();
        Self { characters: characters.into_iter().collect() }
    }

    /// The characters, each at the index that is its token.
    pub fn characters(&self) -> &[char] {
        &self.characters
    }

    pub(super) fn from_stored(characters: &str) -> Result<Self, TokenizeError> {
        let characters: Vec<char> = characters.chars().collect();
        let refuse = |reason: String| Err(TokenizeError::Stored { reason });
        if characters.is_empty() {
            return refuse("its list of characters is empty".to_owned());
        }
        if let Some(pair) = characters.windows(2).find(|pair| pair[0] >= pair[1]) {
            return refuse(format!(
                "its characters are not in increasing order at {}, {}",
                quoted_character(pair[0]),
                quoted_character(pair[1])
            ));
        }
        Ok(Self { characters })
    }

    fn token(&self, character: char) -> Option<Token> {
        self.characters.binary_search(&character).ok().map(|index| index as Token)
    }

    fn unknown(&self, text: &str, position: usize, character: char) -> TokenizeError {
        let mut line = 1;
        let mut column = 1;
        for before in text.chars().take(position) {
            (line, column) = if before == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        TokenizeError::UnknownCharacter { character, position, line, column, known: self.characters.len() }
    }
}

impl Tokenizer for CharacterTokenizer {
    fn encode(&self, text: &str) -> Result<Vec<Token>, TokenizeError> {
        let tokens = text
            .chars()
            .enumerate()
            .map(|(position, character)| self.token(character).ok_or_else(|| self.unknown(text, position, character)));
        tokens.collect()
    }

    fn decode(&self, tokens: &[Token]) -> String {
        let characters = tokens.iter().map(|&token| {
            assert_in_vocabulary(token, self.characters.len());
            self.characters[token as usize]
        });
        characters.collect()
    }

    fn vocabulary_size(&self) -> usize {
        self.characters.len()
    }

    fn stored(&self) -> Stored {
        Stored::Character { characters: self.characters.iter().collect() }
    }
}
