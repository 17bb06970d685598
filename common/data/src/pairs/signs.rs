//! Signs at the beginning and the end of sentences.

/// What a closing sign says, the weaker before the stronger: of `?!` the question decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closing {
    Statement,
    Exclamation,
    Question,
}

/// Signs that close a sentence, each with what it says.
pub(super) const CLOSING: [(char, Closing); 22] = [
    ('.', Closing::Statement),
    ('…', Closing::Statement),
    ('⋯', Closing::Statement),
    ('‥', Closing::Statement),
    ('。', Closing::Statement),
    ('．', Closing::Statement),
    ('｡', Closing::Statement),
    ('।', Closing::Statement),
    ('॥', Closing::Statement),
    ('۔', Closing::Statement),
    ('։', Closing::Statement),
    ('።', Closing::Statement),
    ('?', Closing::Question),
    ('？', Closing::Question),
    ('؟', Closing::Question),
    ('⁇', Closing::Question),
    ('⁈', Closing::Question),
    ('⁉', Closing::Question),
    ('‽', Closing::Question),
    ('!', Closing::Exclamation),
    ('！', Closing::Exclamation),
    ('‼', Closing::Exclamation),
];

/// Signs that open a sentence.
const OPENING: [char; 2] = ['¿', '¡'];

/// Marks before and behind what someone says.
const QUOTES: [(char, char); 19] = [
    ('"', '"'),
    ('\'', '\''),
    ('“', '”'),
    ('„', '“'),
    ('„', '”'),
    ('”', '”'),
    ('‘', '’'),
    ('‚', '‘'),
    ('‚', '’'),
    ('’', '’'),
    ('`', '\''),
    ('«', '»'),
    ('»', '«'),
    ('‹', '›'),
    ('›', '‹'),
    ('「', '」'),
    ('『', '』'),
    ('《', '》'),
    ('＂', '＂'),
];

/// What a sign says, if it closes sentences.
pub(super) fn closing(sign: char) -> Option<Closing> {
    CLOSING.iter().find(|(other, _)| *other == sign).map(|&(_, says)| says)
}

/// Whether a sign opens a sentence or what someone says.
pub(super) fn opens(sign: char) -> bool {
    OPENING.contains(&sign) || QUOTES.iter().any(|(open, _)| *open == sign)
}

/// Whether a sign stands before or behind what someone says.
pub(super) fn is_quote(sign: char) -> bool {
    QUOTES.iter().any(|(open, close)| [*open, *close].contains(&sign))
}

/// A sentence without the quotes around the whole of it, if it has some; a sign that closes the sentence may stand before
/// the last quote or behind it.
pub(super) fn unquoted(sentence: &str) -> Option<String> {
    let sentence = sentence.trim();
    let open = sentence.chars().next()?;
    let inner = &sentence[open.len_utf8()..];
    let said = inner.trim_end_matches(|sign: char| sign.is_whitespace() || closing(sign).is_some());
    let close = said.chars().next_back()?;
    let said = &said[..said.len() - close.len_utf8()];
    let behind = &inner[said.len() + close.len_utf8()..];
    (QUOTES.contains(&(open, close)) && is_whole(said, open, close)).then(|| format!("{}{behind}", said.trim()))
}

/// Whether nothing between two quotes ends what the first begins.
fn is_whole(said: &str, open: char, close: char) -> bool {
    let mut depth = 0;
    for sign in said.chars().zip(apostrophes(said)).filter(|(_, is_apostrophe)| !is_apostrophe).map(|(sign, _)| sign) {
        match sign {
            sign if sign == close && depth == 0 => return false,
            sign if sign == close => depth -= 1,
            sign if sign == open => depth += 1,
            _ => {}
        }
    }
    true
}

/// The characters of a sentence that are wanted, and those inside a word.
pub(super) fn retained(sentence: &str, is_wanted: impl Fn(char) -> bool) -> String {
    let characters = sentence.chars().zip(apostrophes(sentence));
    characters.filter(|&(sign, is_inside)| is_inside || is_wanted(sign)).map(|(sign, _)| sign).collect()
}

/// Of each character whether it stands between letters, where a quote is an apostrophe.
fn apostrophes(sentence: &str) -> Vec<bool> {
    let letters: Vec<bool> = sentence.chars().map(char::is_alphanumeric).collect();
    let is_letter = |place: usize| letters.get(place).copied().unwrap_or(false);
    (0..letters.len()).map(|place| place > 0 && is_letter(place - 1) && is_letter(place + 1)).collect()
}

/// The signs that say what a sign says, in order; an apostrophe could be a quote and is none of them.
pub(super) fn alike(sign: char) -> Vec<char> {
    let says = closing(sign);
    let closers = CLOSING.iter().filter(|(_, other)| Some(*other) == says).map(|(sign, _)| *sign);
    let is_apostrophe = |sign: char| matches!(sign, '\'' | '’' | '‘' | '`' | '‚');
    let quotes = QUOTES.iter().filter(|&&(open, close)| !is_apostrophe(open) && !is_apostrophe(close));
    let openers = quotes.clone().filter(|_| QUOTES.iter().any(|(open, _)| *open == sign)).map(|(open, _)| *open);
    let enders = quotes.filter(|_| QUOTES.iter().any(|(_, close)| *close == sign)).map(|(_, close)| *close);
    let quotes = openers.chain(enders).filter(|_| !is_apostrophe(sign));
    closers.chain(quotes).filter(|other| *other != sign).collect()
}

/// Where the signs begin that close a sentence, with the quotes and spaces among them.
pub(super) fn end(sentence: &str) -> usize {
    let is_behind = |sign: char| sign.is_whitespace() || is_quote(sign) || closing(sign).is_some();
    sentence.trim_end_matches(is_behind).len()
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn quotes_around_the_whole() {
        for (sentence, expected) in [
            ("\"The dogs.\"", Some("The dogs.")),
            (" 'the boy's dog' ", Some("the boy's dog")),
            ("„Die Hunde“.", Some("Die Hunde.")),
            ("« Les chiens ! »", Some("Les chiens !")),
            ("「狗很老。」", Some("狗很老。")),
            ("“‘Yes’ is a word”", Some("‘Yes’ is a word")),
            ("\"Yes\" and \"no\"", None),
            ("«Yes» and «no»", None),
            ("She said \"no\"", None),
            ("\"", None),
            ("", None),
        ] {
            assert_eq!(unquoted(sentence).as_deref(), expected, "{sentence}");
        }
    }
}
