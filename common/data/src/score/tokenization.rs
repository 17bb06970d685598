//! What BLEU takes for a word.

use std::sync::LazyLock;

use regex::Regex;

use super::ngrams::is_space;

/// How BLEU cuts a sentence into words, as sacreBLEU names it. Scores of different tokenizations cannot be compared
/// (Post 2018).
///
/// ```
/// use data::score::Tokenization;
/// let words = |tokenization: Tokenization, sentence: &str| -> Vec<String> {
///     tokenization.apply(sentence).split_whitespace().map(str::to_owned).collect()
/// };
/// let line = "It's 3.5 km (2-way), no?";
/// assert_eq!(words(Tokenization::V13a, line), ["It's", "3.5", "km", "(", "2", "-", "way", ")", ",", "no", "?"]);
/// assert_eq!(words(Tokenization::None, line), ["It's", "3.5", "km", "(2-way),", "no?"]);
/// assert_eq!(words(Tokenization::V13a, "¿Qué? 我读3.5页。"), ["¿Qué", "?", "我读3.5页。"]);
/// assert_eq!(words(Tokenization::Intl, "¿Qué? 我读3.5页。"), ["¿", "Qué", "?", "我读3.5页", "。"]);
/// assert_eq!(words(Tokenization::Zh, "¿Qué? 我读3.5页。"), ["¿Qué", "?", "我", "读", "3.5", "页", "。"]);
/// assert_eq!(words(Tokenization::Char, "我读 3.5"), ["我", "读", "3", ".", "5"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tokenization {
    /// As `mteval-v13a.pl` of the WMT evaluations: punctuation of ASCII stands alone, except apostrophes, hyphens inside
    /// words, and points and commas inside numbers. sacreBLEU's default.
    #[default]
    V13a,
    /// As `mteval-v14.pl --international-tokenization`: Unicode's punctuation stands alone unless digits are on both
    /// sides, and its symbols always do.
    Intl,
    /// Every Chinese character stands alone, the rest is cut as by [`V13a`](Self::V13a): sacreBLEU's choice for Chinese.
    Zh,
    /// Every character stands alone.
    Char,
    /// At spaces only, for sentences that are already cut.
    None,
}

impl Tokenization {
    /// What sacreBLEU calls it.
    pub fn name(self) -> &'static str {
        match self {
            Tokenization::V13a => "13a",
            Tokenization::Intl => "intl",
            Tokenization::Zh => "zh",
            Tokenization::Char => "char",
            Tokenization::None => "none",
        }
    }

    /// The sentence with spaces wherever a word ends; there may be several of them.
    pub fn apply(self, sentence: &str) -> String {
        let sentence = sentence.trim_end_matches(is_space);
        match self {
            Tokenization::V13a => mteval_13a(sentence),
            Tokenization::Intl => mteval_14(sentence),
            Tokenization::Zh => chinese(sentence.trim_start_matches(is_space)),
            Tokenization::Char => sentence.chars().flat_map(|character| [character, ' ']).collect(),
            Tokenization::None => sentence.to_owned(),
        }
    }
}

fn mteval_13a(sentence: &str) -> String {
    let mut line = sentence.replace("<skipped>", "").replace("-\n", "").replace('\n', " ");
    for (entity, character) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
        line = line.replace(entity, character);
    }
    western(&format!(" {line} "))
}

/// Words of languages whose words stand between spaces.
fn western(line: &str) -> String {
    let mut spaced = String::new();
    for character in line.chars() {
        if is_symbol(character) {
            spaced.extend([' ', character, ' ']);
        } else {
            spaced.push(character);
        }
    }
    let is_point = |character| matches!(character, '.' | ',');
    let is_digit = |character: char| character.is_ascii_digit();
    let spaced = rewrite(&spaced, |a, b| !is_digit(a) && is_point(b), |a, b| [a, ' ', b, ' ']);
    let spaced = rewrite(&spaced, |a, b| is_point(a) && !is_digit(b), |a, b| [' ', a, ' ', b]);
    rewrite(&spaced, |a, b| is_digit(a) && b == '-', |a, b| [a, ' ', b, ' '])
}

fn mteval_14(sentence: &str) -> String {
    static RULES: LazyLock<[(Regex, &str); 3]> = LazyLock::new(|| {
        [(r"(\P{N})(\p{P})", "$1 $2 "), (r"(\p{P})(\P{N})", " $1 $2"), (r"(\p{S})", " $1 ")]
            .map(|(pattern, spaced)| (Regex::new(pattern).expect("a class for each"), spaced))
    });
    RULES.iter().fold(sentence.to_owned(), |line, (rule, spaced)| rule.replace_all(&line, *spaced).into_owned())
}

fn chinese(sentence: &str) -> String {
    let mut spaced = String::new();
    for character in sentence.chars() {
        if is_chinese(character) {
            spaced.extend([' ', character, ' ']);
        } else {
            spaced.push(character);
        }
    }
    western(&spaced)
}

/// What sacreBLEU takes for a Chinese character. Its list means to hold the ideographs from U+20000 on; as Python reads
/// it, it holds the symbols from U+2001 to U+2A6D instead.
fn is_chinese(character: char) -> bool {
    matches!(
        character,
        '\u{2001}'..='\u{2A6D}'
            | '\u{2E80}'..='\u{2FDF}'
            | '\u{2FF0}'..='\u{303F}'
            | '\u{3100}'..='\u{312F}'
            | '\u{31A0}'..='\u{31EF}'
            | '\u{3200}'..='\u{4DB5}'
            | '\u{4E00}'..='\u{9FBB}'
            | '\u{F900}'..='\u{FA2D}'
            | '\u{FA30}'..='\u{FA6A}'
            | '\u{FA70}'..='\u{FAD9}'
            | '\u{FE10}'..='\u{FE1F}'
            | '\u{FE30}'..='\u{FE4F}'
            | '\u{FF00}'..='\u{FFEF}'
    )
}

/// What stands alone wherever it stands: the punctuation of ASCII but for `'`, `,`, `-` and `.`.
fn is_symbol(character: char) -> bool {
    character.is_ascii_punctuation() && !matches!(character, '\'' | ',' | '-' | '.')
}

/// Replaces neighbours from left to right, each character at most once, as a regular expression of two characters does.
fn rewrite(line: &str, applies: impl Fn(char, char) -> bool, spaced: impl Fn(char, char) -> [char; 4]) -> String {
    let mut rewritten = String::with_capacity(line.len());
    let mut characters = line.chars().peekable();
    while let Some(a) = characters.next() {
        match characters.next_if(|&b| applies(a, b)) {
            Some(b) => rewritten.extend(spaced(a, b)),
            None => rewritten.push(a),
        }
    }
    rewritten
}
