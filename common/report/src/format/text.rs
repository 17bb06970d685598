//! Words of any script in tables and drawings.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

/// How many columns of a terminal, or of a drawing's narrow letters, a text takes: a Chinese character two, a mark none.
///
/// ```
/// use report::format::columns;
/// assert_eq!(["Häuser", "Ha\u{308}user", "世界", "👨‍👩‍👧"].map(columns), [6, 6, 4, 2]);
/// ```
pub fn columns(text: &str) -> usize {
    text.width()
}

/// A word that a shell passes on unchanged.
///
/// ```
/// use report::format::shell_word;
/// assert_eq!(["runs/a-1", "my run", "it's"].map(shell_word), ["runs/a-1", "'my run'", r"'it'\''s'"]);
/// ```
pub fn shell_word(word: &str) -> String {
    let plain = word.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// A text without the characters that XML and HTML forbid, and without those that turn the direction of what follows them:
/// a control becomes its picture or U+FFFD. Tabs and ends of lines stay.
///
/// ```
/// use report::format::printable;
/// assert_eq!(printable("\u{202e}abc"), "\u{fffd}abc");
/// assert_eq!(printable("a\u{1b}b\u{7f}\u{85}\u{fffe}\t\n"), "a␛b␡\u{fffd}\u{fffd}\t\n");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    let shown = |character| match character {
        '\t' | '\n' | '\r' => character,
        '\0'..='\u{1F}' => char::from_u32(0x2400 + character as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7F}' => '␡',
        '\u{80}'..='\u{9F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}' => {
            char::REPLACEMENT_CHARACTER
        }
        _ => character,
    };
    match text.chars().all(|character| shown(character) == character) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().map(shown).collect()),
    }
}
