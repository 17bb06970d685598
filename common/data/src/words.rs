//! Where words begin and end, in any script.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// The scripts in which a sentence has no spaces between its words.
const WITHOUT_SPACES: [Script; 22] = [
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Bopomofo,
    Script::Yi,
    Script::Thai,
    Script::Lao,
    Script::Khmer,
    Script::Myanmar,
    Script::Tai_Le,
    Script::New_Tai_Lue,
    Script::Tai_Tham,
    Script::Tai_Viet,
    Script::Ahom,
    Script::Tibetan,
    Script::Javanese,
    Script::Balinese,
    Script::Batak,
    Script::Kawi,
    Script::Makasar,
    Script::Tangut,
    Script::Nushu,
];

/// How a text is parted into words and signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WordRule {
    /// A word is a run of letters and digits, with apostrophes inside it. Combining marks are signs, and a sentence of a
    /// script without spaces is one word. Models of earlier versions read so.
    #[default]
    Letters,
    /// Words and signs end at [Unicode's word boundaries](https://www.unicode.org/reports/tr29/), so a letter keeps its
    /// marks, `don't`, `3.14` and `U.S.A` are a word each, and `10:30` is two with a sign between them. In scripts
    /// without spaces (Han, kana, Thai, Lao, Khmer, Burmese and others) every character is a word.
    Unicode,
}

/// What a piece of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A word; something is between it and the next.
    Word,
    /// A word that may touch the next: a character of a script without spaces, a fraction, a raised digit.
    Character,
    /// Everything else, a space included.
    Sign,
}

impl WordRule {
    /// What a piece is.
    pub(crate) fn part(self, piece: &str) -> Part {
        if !piece.contains(char::is_alphanumeric) || piece.starts_with(char::is_whitespace) {
            Part::Sign
        } else if self == WordRule::Unicode && (piece.starts_with(without_spaces) || !touches_letters(piece)) {
            Part::Character
        } else {
            Part::Word
        }
    }

    /// The piece that `text` begins with, if it is not empty.
    pub(crate) fn first(self, text: &str) -> Option<(&str, Part)> {
        let first = text.chars().next()?;
        let piece = match self {
            WordRule::Letters => &text[..run_of_letters(text).max(first.len_utf8())],
            WordRule::Unicode if first.is_whitespace() || without_spaces(first) => cluster(text),
            WordRule::Unicode => {
                let segment = segment(text);
                segment.find(without_spaces).map_or(segment, |end| self::segment(&segment[..end]))
            }
        };
        Some((piece, self.part(piece)))
    }

    /// How many words a text has; signs are none.
    ///
    /// ```
    /// assert_eq!(data::WordRule::Unicode.count("Don't go (yet): 3.14!"), 4);
    /// ```
    pub fn count(self, text: &str) -> usize {
        let of_chunk = |mut chunk: &str| {
            let mut words = 0;
            while let Some((piece, part)) = self.first(chunk) {
                words += usize::from(part != Part::Sign);
                chunk = &chunk[piece.len()..];
            }
            words
        };
        text.split_whitespace().map(of_chunk).sum()
    }

    /// The words of a sentence as tables and drawings show them, with the signs beside them: what stands before the first
    /// of what spaces part belongs to it, all else to the word before. Signs between spaces are shown as a word is.
    pub(crate) fn ranges(self, sentence: &str) -> Vec<Range<usize>> {
        let mut words = Vec::new();
        let mut start = 0;
        for part in sentence.split_inclusive(char::is_whitespace) {
            let chunk = part.trim_end();
            let (mut begin, mut at, mut holds_word) = (0, 0, false);
            while let Some((piece, part)) = self.first(&chunk[at..]) {
                if holds_word && part != Part::Sign {
                    words.push(start + begin..start + at);
                    begin = at;
                }
                holds_word |= part != Part::Sign;
                at += piece.len();
            }
            if !chunk.is_empty() {
                words.push(start + begin..start + at);
            }
            start += part.len();
        }
        words
    }
}

/// The length in bytes of the run of letters and digits that `text` begins with, with single apostrophes inside it.
fn run_of_letters(text: &str) -> usize {
    let mut end = 0;
    for (at, character) in text.char_indices() {
        if character.is_alphanumeric() {
            end = at + character.len_utf8();
        } else if at != end || !matches!(character, '\'' | '\u{2019}') {
            break;
        }
    }
    end
}

/// What stands before the first of Unicode's word boundaries.
fn segment(text: &str) -> &str {
    text.split_word_bounds().next().unwrap_or_default()
}

/// Whether there would be no boundary between a piece and a letter before it or behind it. Between two of such pieces there
/// is none either, so something always stands between them.
fn touches_letters(piece: &str) -> bool {
    let is_base = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    if piece.is_ascii() {
        return [piece.as_bytes().first(), piece.as_bytes().last()].into_iter().flatten().all(is_base);
    }
    // An underscore joins what ends in a letter or digit, and no sign that a letter alone would join.
    [format!("a{piece}"), format!("{piece}_")].iter().all(|text| segment(text) == text)
}

/// The grapheme cluster that `text` begins with; empty if that is.
fn cluster(text: &str) -> &str {
    // Nothing below U+0300 combines with what stands before it but the line feed.
    const COMBINING: char = '\u{300}';
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(first), next) if first < COMBINING && first != '\r' && next.is_none_or(|next| next < COMBINING) => {
            &text[..first.len_utf8()]
        }
        _ => text.graphemes(true).next().unwrap_or_default(),
    }
}

/// Whether a character is a letter or a digit of a script that puts no spaces between words.
pub(crate) fn without_spaces(character: char) -> bool {
    let scripts = character.script_extension();
    character.is_alphanumeric()
        && !scripts.is_common()
        && !scripts.is_inherited()
        && WITHOUT_SPACES.iter().any(|&script| scripts.contains_script(script))
}
