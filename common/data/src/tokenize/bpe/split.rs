//! How a text is cut into the pieces inside which bytes are merged.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::tokenize::class::Class;

/// A rule that cuts a text into pieces. No token reaches over a cut, so that "dog" and "dog!" share their token.
///
/// Letters are Unicode's general category L, numbers N, and white space has the property `White_Space`; all else is a
/// sign.
///
/// ```
/// use data::tokenize::bpe::Split;
///
/// let pieces: Vec<_> = Split::Gpt2.pieces("We'll see  1984!!\n").collect();
/// assert_eq!(pieces, ["We", "'ll", " see", " ", " 1984", "!!", "\n"]);
/// let pieces: Vec<_> = Split::Llama3.pieces("WE'LL see  1984!!\n").collect();
/// assert_eq!(pieces, ["WE", "'LL", " see", " ", " ", "198", "4", "!!\n"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// GPT-2's: a contraction's end, or a run of letters, numbers or signs with one space before it, or white space.
    Gpt2,
    /// LLaMA 3's, which is also that of GPT-4: contractions in capitals too, one sign before letters, at most three
    /// digits, and the line ends behind signs.
    Llama3,
}

impl Split {
    // ANCHOR: pattern
    /// The rule as a regular expression, as published files have it.
    pub fn pattern(self) -> &'static str {
        match self {
            Split::Gpt2 => r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
            Split::Llama3 => concat!(
                r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*",
                r"|\s*[\r\n]+|\s+(?!\S)|\s+"
            ),
        }
    }
    // ANCHOR_END: pattern

    /// The pieces of a text, which together are the text.
    pub fn pieces(self, text: &str) -> impl Iterator<Item = &str> {
        let mut rest = text;
        std::iter::from_fn(move || {
            let first = rest.chars().next()?;
            let length = match self {
                Split::Gpt2 => gpt2(rest, first),
                Split::Llama3 => llama3(rest, first),
            };
            let piece;
            (piece, rest) = rest.split_at(length);
            Some(piece)
        })
    }
}

/// The bytes of the first piece of a text that begins with `first`; the branches have the order of the alternatives.
fn gpt2(text: &str, first: char) -> usize {
    if let Some(length) = contraction(text, |_| false) {
        return length;
    }
    let space = usize::from(first == ' ' && kind_at(text, 1).is_some_and(|kind| kind != Kind::Space));
    match kind_at(text, space) {
        Some(Kind::Space) | None => white_space(text),
        Some(kind) => space + run(&text[space..], |c| Kind::of(c) == kind),
    }
}

fn llama3(text: &str, first: char) -> usize {
    if let Some(length) = contraction(text, |c| c.is_ascii_uppercase() || c == 'ſ') {
        return length;
    }
    let is_letter = |c| Kind::of(c) == Kind::Letter;
    let line_end = |c| matches!(c, '\r' | '\n');
    match Kind::of(first) {
        Kind::Letter => return run(text, is_letter),
        Kind::Number => {
            return text.chars().take(3).take_while(|&c| Kind::of(c) == Kind::Number).map(char::len_utf8).sum();
        }
        Kind::Space | Kind::Sign if !line_end(first) => {
            let before = first.len_utf8();
            if kind_at(text, before) == Some(Kind::Letter) {
                return before + run(&text[before..], is_letter);
            }
        }
        Kind::Space | Kind::Sign => {}
    }
    let space = usize::from(first == ' ' && kind_at(text, 1) == Some(Kind::Sign));
    if kind_at(text, space) == Some(Kind::Sign) {
        let signs = space + run(&text[space..], |c| Kind::of(c) == Kind::Sign);
        return signs + run(&text[signs..], line_end);
    }
    let spaces = &text[..run(text, char::is_whitespace)];
    spaces.rfind(line_end).map_or_else(|| white_space(text), |last| last + 1)
}

/// The end of a contraction such as `'ll` with which a text begins. `other` are the letters besides small ones in which
/// it may be written.
fn contraction(text: &str, other: impl Fn(char) -> bool) -> Option<usize> {
    let mut letters = text.strip_prefix('\'')?.chars().take(2).map(|c| match c {
        c if !other(c) => c,
        'ſ' => 's', // the long s
        capital => capital.to_ascii_lowercase(),
    });
    match (letters.next()?, letters.next()) {
        ('s', _) => Some(1 + text[1..].chars().next()?.len_utf8()),
        ('t' | 'm' | 'd', _) => Some(2),
        ('r' | 'v', Some('e')) | ('l', Some('l')) => Some(3),
        _ => None,
    }
}

/// White space up to the end of the text, or all but the last character of it, which goes with what follows; if it is
/// one character, this one.
fn white_space(text: &str) -> usize {
    let length = run(text, char::is_whitespace);
    let last = text[..length].chars().next_back().map_or(0, char::len_utf8);
    if length == text.len() || length == last { length } else { length - last }
}

/// The bytes of the characters with which a text begins that are `like` this.
fn run(text: &str, like: impl Fn(char) -> bool) -> usize {
    text.find(|c| !like(c)).unwrap_or(text.len())
}

fn kind_at(text: &str, byte: usize) -> Option<Kind> {
    text[byte..].chars().next().map(Kind::of)
}

/// What a character is to the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sign,
    Letter,
    Number,
    Space,
}

impl Kind {
    fn of(c: char) -> Kind {
        static FIRST: LazyLock<Vec<Kind>> = LazyLock::new(|| ('\0'..='\u{FFFF}').map(Kind::found).collect());
        // The code points of surrogates are no characters, so behind them the places are fewer.
        let place = if c as usize > 0xD7FF { c as usize - 0x800 } else { c as usize };
        FIRST.get(place).copied().unwrap_or_else(|| Kind::found(c))
    }

    /// By search, which is slow.
    fn found(c: char) -> Kind {
        static LETTERS: LazyLock<Class> = LazyLock::new(|| Class::new(r"\p{L}"));
        static NUMBERS: LazyLock<Class> = LazyLock::new(|| Class::new(r"\p{N}"));
        match () {
            () if LETTERS.contains(c) => Kind::Letter,
            () if NUMBERS.contains(c) => Kind::Number,
            () if c.is_whitespace() => Kind::Space,
            () => Kind::Sign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn the_table_of_characters_says_what_the_search_says() {
        let all = ('\0'..=char::MAX).filter(|&c| (c as u32) < 0x1_1000 || (c as u32).is_multiple_of(97));
        for c in all {
            assert_eq!(Kind::of(c), Kind::found(c), "{c:?}");
        }
    }
}
