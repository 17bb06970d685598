//! Which tokenization fits a script.

use unicode_script::{Script, UnicodeScript};

use super::Tokenization;
use crate::words::without_spaces;

impl Tokenization {
    /// The tokenization that fits some references: [`V13a`](Self::V13a), unless a third of the letters or more is of
    /// scripts that put no spaces between words, or [none of them has a space inside](has_space_inside). Chinese is then
    /// cut by [`Zh`](Self::Zh), all others by [`Char`](Self::Char). So is Japanese, for which sacreBLEU has a dictionary
    /// (`ja-mecab`): its scores are not these.
    ///
    /// ```
    /// use data::score::Tokenization;
    /// assert_eq!(Tokenization::fitting(["¿Dónde está?", "नमस्ते दुनिया", "안녕하세요"]), Tokenization::V13a);
    /// assert_eq!(Tokenization::fitting(["我用Python写代码。"]), Tokenization::Zh);
    /// assert_eq!(Tokenization::fitting(["私は東京へ行く。"]), Tokenization::Char);
    /// assert_eq!(Tokenization::fitting(["ฉันรักเธอ"]), Tokenization::Char);
    /// assert_eq!(Tokenization::fitting(["😀🎉🐶"]), Tokenization::Char);
    /// ```
    pub fn fitting<'t>(references: impl IntoIterator<Item = &'t str>) -> Self {
        let (mut chinese, mut kana, mut unspaced, mut spaced) = (0, 0, 0, 0);
        let mut has_spaces = false;
        let references = references.into_iter().inspect(|reference| has_spaces |= has_space_inside(reference));
        for character in references.flat_map(str::chars) {
            let letters = match character.script() {
                Script::Han | Script::Bopomofo => &mut chinese,
                Script::Hiragana | Script::Katakana => &mut kana,
                Script::Common | Script::Inherited | Script::Unknown => continue,
                _ if without_spaces(character) => &mut unspaced,
                _ => &mut spaced,
            };
            *letters += 1;
        }
        let east_asian = chinese + kana;
        if east_asian + unspaced == 0 || 2 * (east_asian + unspaced) < spaced {
            if has_spaces { Tokenization::V13a } else { Tokenization::Char }
        } else if unspaced > east_asian || 10 * kana > east_asian {
            Tokenization::Char // a Chinese text may hold a Japanese name
        } else {
            Tokenization::Zh
        }
    }
}

/// Whether white space stands between two characters of a sentence.
pub fn has_space_inside(sentence: &str) -> bool {
    sentence.trim().contains(char::is_whitespace)
}
