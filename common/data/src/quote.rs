//! Words of the user's in messages.

use unicode_normalization::char::is_combining_mark;

/// A text in quotation marks, as people read it: letters of every script as they are, a mark without a letter on a dotted
/// circle, and what cannot be seen (controls, changes of direction) as an escape.
///
/// ```
/// use data::quoted;
///
/// assert_eq!(quoted("हिन्दी और \u{94d}"), "\"हिन्दी और \u{25cc}\u{94d}\"");
/// assert_eq!(quoted("\"a\"\t\u{202e}b"), r#""\"a\"\t\u{202e}b""#);
/// ```
pub fn quoted(text: &str) -> String {
    enclosed(text, '"')
}

/// The same of one character, between single ones.
pub(crate) fn quoted_character(character: char) -> String {
    enclosed(character.encode_utf8(&mut [0; 4]), '\'')
}

fn enclosed(text: &str, mark: char) -> String {
    let mut quoted = String::from(mark);
    let mut after_letter = false;
    for character in text.chars() {
        let is_combining = is_combining_mark(character);
        match character {
            _ if character == mark || character == '\\' || is_invisible(character) => {
                quoted.extend(character.escape_debug());
            }
            _ if is_combining && !after_letter => quoted.extend(['\u{25CC}', character]),
            _ => quoted.push(character),
        }
        after_letter =
            character.is_alphanumeric() || (is_combining || !character.is_whitespace()) && !character.is_control();
    }
    quoted.push(mark);
    quoted
}

fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}
