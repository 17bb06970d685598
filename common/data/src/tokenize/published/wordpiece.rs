//! WordPiece, as BERT has it (Devlin et al. 2019).

use super::file::Vocabulary;
use crate::quoted;
use crate::tokenize::Token;

/// Of what is left of a word, the longest piece that is known is taken. A word of which a part is not known is unknown as a
/// whole.
pub(super) struct WordPiece {
    vocab: Vocabulary,
    unknown: Token,
    /// What pieces begin with that do not begin a word.
    prefix: String,
    /// Words of more characters are unknown.
    longest: usize,
}

impl WordPiece {
    pub fn new(vocab: Vocabulary, unknown: &str, prefix: String, longest: usize) -> Result<Self, String> {
        let token = vocab.get(unknown).copied();
        let unknown = token.ok_or_else(|| format!("its unknown token {} is not in the vocabulary", quoted(unknown)))?;
        Ok(Self { vocab, unknown, prefix, longest })
    }

    pub fn unknown(&self) -> Token {
        self.unknown
    }

    pub fn write(&self, word: &str, tokens: &mut Vec<Token>) {
        let known = tokens.len();
        if word.chars().count() > self.longest {
            return tokens.push(self.unknown);
        }
        let mut rest = word;
        while !rest.is_empty() {
            let prefix = if rest.len() == word.len() { "" } else { &self.prefix };
            let ends = rest.char_indices().map(|(start, character)| start + character.len_utf8());
            let mut written = format!("{prefix}{rest}");
            let longest = ends.rev().find_map(|end| {
                written.truncate(prefix.len() + end);
                Some((end, *self.vocab.get(&written)?))
            });
            let Some((end, token)) = longest else {
                tokens.truncate(known);
                return tokens.push(self.unknown);
            };
            tokens.push(token);
            rest = &rest[end..];
        }
    }
}
