//! Words of the user's in messages.

use std::borrow::Cow;

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

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

/// So many of what a regular noun names.
///
/// ```
/// assert_eq!([1, 2].map(|number| data::counted(number, "word")), ["1 word", "2 words"]);
/// ```
pub fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A word as [`quoted`] shows it, of which only the beginning is shown if it is huge.
pub(crate) fn quoted_briefly(word: &str) -> String {
    const MOST: usize = 40;
    match word.char_indices().nth(MOST) {
        Some((end, _)) => quoted(&format!("{}…", &word[..end])),
        None => quoted(word),
    }
}

/// A character as [`quoted`] shows a text, between single marks.
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
                escape(character, &mut quoted);
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

/// Writes a character by its number, or by its short name if it has one.
fn escape(character: char, text: &mut String) {
    match character.escape_debug() {
        shown if shown.clone().eq([character]) => text.extend(character.escape_unicode()),
        escaped => text.extend(escaped),
    }
}

/// A word as the label of a table or a drawing: a mark without a letter is on a dotted circle, a word in which nothing can
/// be seen is told by the numbers of its characters, and marks that would reach into the lines around it are counted
/// instead of drawn.
///
/// ```
/// use data::visible;
///
/// assert_eq!(visible("हिन्दी"), "हिन्दी");
/// assert_eq!(visible("\u{301}"), "\u{25cc}\u{301}");
/// assert_eq!(visible("\u{200b}\u{ad}"), "U+200B U+00AD");
/// assert_eq!(visible("\u{2800}"), "U+2800");
/// assert_eq!(visible("Vie\u{323}\u{302}t"), "Vie\u{323}\u{302}t");
/// assert_eq!(visible("a\u{301}\u{302}\u{303}\u{304}b"), "a\u{301}\u{302}b (2 marks left out)");
/// ```
pub fn visible(word: &str) -> Cow<'_, str> {
    match without_high_stacks(word) {
        (_, 0) => seen(word),
        (low, 1) => Cow::Owned(format!("{} (1 mark left out)", seen(&low))),
        (low, left_out) => Cow::Owned(format!("{} ({left_out} marks left out)", seen(&low))),
    }
}

/// How many marks a line has room for above a letter, and how many below.
const STACK: usize = 2;

/// A word with at most [`STACK`] marks above and below each letter, and how many it had besides.
fn without_high_stacks(word: &str) -> (String, usize) {
    let (mut low, mut left_out, mut stacks) = (String::new(), 0, [0; 2]);
    for character in word.chars() {
        let side = match canonical_combining_class(character) {
            230 => Some(0), // above
            220 => Some(1), // below
            _ => None,
        };
        if !is_combining_mark(character) {
            stacks = [0; 2];
        }
        match side {
            Some(side) if stacks[side] == STACK => {
                left_out += 1;
                continue;
            }
            Some(side) => stacks[side] += 1,
            None => {}
        }
        low.push(character);
    }
    (low, left_out)
}

/// A word in which something is to be seen, or the numbers of its characters.
fn seen(word: &str) -> Cow<'_, str> {
    let first = word.chars().next();
    if word.chars().all(|character| is_invisible(character) || is_joiner(character)) {
        let numbers: Vec<String> = word.chars().map(|character| format!("U+{:04X}", u32::from(character))).collect();
        Cow::Owned(numbers.join(" "))
    } else if first.is_some_and(is_combining_mark) {
        Cow::Owned(format!("\u{25CC}{word}"))
    } else {
        Cow::Borrowed(word)
    }
}

/// Whether a character leaves no trace by itself: a control, one that Unicode lets a font ignore
/// (`Default_Ignorable_Code_Point`), or a blank that counts as a letter or a sign. Those that join or vary their neighbours
/// do so there.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || !is_joiner(character)
            && matches!(character,
                '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
                | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
                | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' | '\u{13430}'..='\u{1343F}'
                | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D159}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

fn is_joiner(character: char) -> bool {
    matches!(character,
        '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

/// A sentence for a terminal or a log: what cannot be seen, and could break the line or change what stands around it, is
/// written as an escape. Names of files may hold anything.
///
/// ```
/// use data::one_line;
///
/// assert_eq!(one_line("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
/// assert_eq!(one_line("हिन्दी"), "हिन्दी");
/// ```
pub fn one_line(sentence: &str) -> Cow<'_, str> {
    if !sentence.contains(is_invisible) {
        return Cow::Borrowed(sentence);
    }
    let mut line = String::new();
    for character in sentence.chars() {
        match is_invisible(character) {
            true => escape(character, &mut line),
            false => line.push(character),
        }
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    use super::{one_line, quoted, visible};

    /// Each of them alone, and all of them together.
    #[test]
    fn what_cannot_be_seen_is_told_by_its_numbers() {
        let invisible = [
            '\u{1}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{180b}',
            '\u{180e}',
            '\u{180f}',
            '\u{200b}',
            '\u{200d}',
            '\u{202e}',
            '\u{2064}',
            '\u{2065}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff0}',
            '\u{13430}',
            '\u{1bca0}',
            '\u{1d159}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{e0061}',
            '\u{e0100}',
            '\u{e0fff}',
        ];
        let number = |character: &char| format!("U+{:04X}", u32::from(*character));
        for character in invisible {
            assert_eq!(visible(&character.to_string()), number(&character));
        }
        let all = String::from_iter(invisible);
        assert_eq!(visible(&all), invisible.each_ref().map(number).join(" "));
    }

    #[test]
    fn blanks_in_messages_are_escapes() {
        for blank in ['\u{115f}', '\u{2800}', '\u{3164}', '\u{1d159}', '\u{e0001}'] {
            let escaped = blank.escape_unicode().to_string();
            assert_eq!(quoted(&format!("a{blank}")), format!("\"a{escaped}\""));
            assert_eq!(one_line(&format!("a{blank}")), format!("a{escaped}"));
        }
    }

    /// The flag of Wales, and a letter in the shape that an ideographic variation selector asks for.
    #[test]
    fn what_joins_and_varies_stays_where_it_does_so() {
        for text in
            ["🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}", "葛\u{e0100}", "می\u{200c}خواهم", "ᠠ\u{180b}"]
        {
            assert_eq!((visible(text).as_ref(), quoted(text)), (text, format!("\"{text}\"")));
        }
    }
}
