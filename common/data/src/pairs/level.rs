//! What a token of a sentence is.

use serde::{Deserialize, Serialize};

use crate::words::{Part, WordRule};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A word or a symbol between words, as [`WordRule::Unicode`] has them. Spaces are no tokens: a symbol keeps those
    /// beside it (`", "`, `" ¿"`, and `":"` in 10:30), where the ends of a sentence count as spaces, and between two
    /// words stands one. A character of a script without spaces keeps those beside it as well, if there are any. So a
    /// sentence whose words and symbols all stand apart has one token for each, and links between its words are links
    /// between its tokens.
    Word,
    /// A character.
    Character,
    /// Bytes that often stand together ([`Bpe`](crate::tokenize::Bpe)).
    Bpe,
}

impl Level {
    /// The pieces of a sentence that become tokens, of byte pairs the characters of which tokens are made. Several spaces
    /// count as one, and those around the sentence as none.
    ///
    /// ```
    /// use data::pairs::Level;
    /// assert_eq!(Level::Word.pieces("Hola, ¿a las 10:30?"), ["Hola", ", ", " ¿", "a", "las", "10", ":", "30", "? "]);
    /// assert_eq!(Level::Word.pieces("我用 AI。"), ["我", "用 ", "AI", "。 "]);
    /// assert_eq!(Level::Character.pieces(" a  la "), ["a", " ", "l", "a"]);
    /// ```
    pub fn pieces(self, sentence: &str) -> Vec<String> {
        self.pieces_by(WordRule::Unicode, sentence)
    }

    pub(super) fn pieces_by(self, rule: WordRule, sentence: &str) -> Vec<String> {
        let chunks: Vec<&str> = sentence.split_whitespace().collect();
        match self {
            Level::Word => words_and_symbols(rule, &chunks),
            Level::Character | Level::Bpe => chunks.join(" ").chars().map(String::from).collect(),
        }
    }
}

/// The pieces of what stands between spaces.
fn words_and_symbols(rule: WordRule, chunks: &[&str]) -> Vec<String> {
    let mut pieces = Vec::new();
    let space = |is_there| if is_there { " " } else { "" };
    for (number, chunk) in chunks.iter().enumerate() {
        let mut rest = *chunk;
        while let Some((piece, part)) = rule.first(rest) {
            let begins = rest.len() == chunk.len();
            rest = &rest[piece.len()..];
            let ends = rest.is_empty();
            pieces.push(match part {
                Part::Word => piece.to_owned(),
                Part::Sign => format!("{}{piece}{}", space(begins), space(ends)),
                Part::Character => {
                    let [before, after] = [begins && number > 0, ends && number + 1 < chunks.len()];
                    format!("{}{piece}{}", space(before), space(after))
                }
            });
        }
    }
    pieces
}
