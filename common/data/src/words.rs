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
    /// Characters are grapheme clusters, so a letter keeps its marks. A word is a run of letters and digits, with the
    /// signs inside it at which [Unicode's word boundaries](https://www.unicode.org/reports/tr29/) do not part it
    /// (`don't`, `col·legi`); of ASCII's signs only the apostrophe, so `10:30` and `3.14` are three pieces each. In
    /// scripts without spaces (Han, kana, Thai, Lao, Khmer, Burmese and others) every character is a word.
    Unicode,
}

/// What a piece of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A word; a space is between it and the next.
    Word,
    /// A character of a script without spaces.
    Character,
    /// Everything else, a space included.
    Sign,
}

impl WordRule {
    /// What a piece is that begins with `first`.
    pub(crate) fn part(self, first: char) -> Part {
        if !first.is_alphanumeric() {
            Part::Sign
        } else if self == WordRule::Unicode && without_spaces(first) {
            Part::Character
        } else {
            Part::Word
        }
    }

    /// The piece that `text` begins with, if it is not empty.
    pub(crate) fn first(self, text: &str) -> Option<(&str, Part)> {
        let first = text.chars().next()?;
        let part = self.part(first);
        let length = match (part, self) {
            (Part::Word, _) => self.word_length(text),
            (_, WordRule::Letters) => first.len_utf8(),
            (_, WordRule::Unicode) => cluster(text).len(),
        };
        Some((&text[..length], part))
    }

    /// The length in bytes of the word that `text` begins with.
    fn word_length(self, text: &str) -> usize {
        let step = |from: usize| match self {
            WordRule::Letters => text[from..].chars().next().map_or(0, char::len_utf8),
            WordRule::Unicode => cluster(&text[from..]).len(),
        };
        let is_word = |from: usize| text[from..].chars().next().is_some_and(|next| self.part(next) == Part::Word);
        let (mut last, mut end) = (0, step(0));
        loop {
            let after_sign = end + step(end);
            if is_word(end) {
                (last, end) = (end, after_sign);
            } else if end < text.len() && is_word(after_sign) {
                let next = after_sign + step(after_sign);
                if !self.is_inside(&text[last..next], &text[end..after_sign]) {
                    return end;
                }
                (last, end) = (after_sign, next);
            } else {
                return end;
            }
        }
    }

    /// Whether a sign between two characters of words is part of the word.
    fn is_inside(self, around: &str, sign: &str) -> bool {
        match sign.chars().next() {
            Some('\'' | '\u{2019}') => true,
            Some(first) if self == WordRule::Letters || first.is_ascii() || first.is_whitespace() => false,
            // ASCII's signs in their wide forms.
            Some('\u{FF01}'..='\u{FF20}') => false,
            _ => self.part_of(sign) == Part::Sign && around.split_word_bounds().nth(1).is_none(),
        }
    }

    fn part_of(self, piece: &str) -> Part {
        piece.chars().next().map_or(Part::Sign, |first| self.part(first))
    }

    /// The words of a sentence, as [`words`] counts them.
    pub(crate) fn ranges(self, sentence: &str) -> Vec<Range<usize>> {
        let mut words = Vec::new();
        let mut start = 0;
        for part in sentence.split_inclusive(char::is_whitespace) {
            let chunk = part.trim_end();
            let (mut begin, mut at, mut holds) = (0, 0, Part::Sign);
            while let Some((piece, part)) = self.first(&chunk[at..]) {
                if matches!(
                    (holds, part),
                    (Part::Word | Part::Character, Part::Character) | (Part::Character, Part::Word)
                ) {
                    words.push(start + begin..start + at);
                    begin = at;
                }
                holds = if part == Part::Sign { holds } else { part };
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

/// The words of a sentence, as its length is counted and as tables and drawings show them: what stands between spaces,
/// signs included, and in scripts without spaces every character, with the signs behind it.
///
/// ```
/// use data::words;
///
/// assert_eq!(words("Hola, ¿a las 10:30?"), ["Hola,", "¿a", "las", "10:30?"]);
/// assert_eq!(words("我用 AI，你呢？"), ["我", "用", "AI，", "你", "呢？"]);
/// assert_eq!(words("हिन्दी में"), ["हिन्दी", "में"]);
/// ```
pub fn words(sentence: &str) -> Vec<&str> {
    WordRule::Unicode.ranges(sentence).into_iter().map(|word| &sentence[word]).collect()
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

/// Whether a letter is of a script that puts no spaces between words.
pub(crate) fn without_spaces(letter: char) -> bool {
    let scripts = letter.script_extension();
    !scripts.is_common() && WITHOUT_SPACES.iter().any(|&script| scripts.contains_script(script))
}
