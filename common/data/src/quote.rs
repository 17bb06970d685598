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

/// Whether a character leaves no trace by itself; those that join or vary their neighbours do so there.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}')
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
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
            true => line.extend(character.escape_debug()),
            false => line.push(character),
        }
    }
    Cow::Owned(line)
}
