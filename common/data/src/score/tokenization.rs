//! What BLEU takes for a word.

use super::ngrams::is_space;

/// How BLEU cuts a sentence into words. Scores of different tokenizations cannot be compared (Post 2018).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tokenization {
    /// As `mteval-v13a.pl` of the WMT evaluations: punctuation stands alone, except apostrophes, hyphens inside words,
    /// and points and commas inside numbers. sacreBLEU's default.
    ///
    /// ```
    /// use data::score::Tokenization;
    /// let line = Tokenization::V13a.apply("It's 3.5 km (2-way), no?");
    /// let words: Vec<&str> = line.split_whitespace().collect();
    /// assert_eq!(words, ["It's", "3.5", "km", "(", "2", "-", "way", ")", ",", "no", "?"]);
    /// ```
    #[default]
    V13a,
    /// At spaces only, for sentences that are already cut.
    None,
}

impl Tokenization {
    /// The sentence with spaces wherever a word ends; there may be several of them.
    pub fn apply(self, sentence: &str) -> String {
        let sentence = sentence.trim_end_matches(is_space);
        match self {
            Tokenization::V13a => mteval_13a(sentence),
            Tokenization::None => sentence.to_owned(),
        }
    }
}

fn mteval_13a(sentence: &str) -> String {
    let mut line = sentence.replace("<skipped>", "").replace("-\n", "").replace('\n', " ");
    for (entity, character) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
        line = line.replace(entity, character);
    }
    let mut spaced = String::from(" ");
    for character in line.chars() {
        if is_symbol(character) {
            spaced.extend([' ', character, ' ']);
        } else {
            spaced.push(character);
        }
    }
    spaced.push(' ');
    let is_point = |character| matches!(character, '.' | ',');
    let is_digit = |character: char| character.is_ascii_digit();
    let spaced = rewrite(&spaced, |a, b| !is_digit(a) && is_point(b), |a, b| [a, ' ', b, ' ']);
    let spaced = rewrite(&spaced, |a, b| is_point(a) && !is_digit(b), |a, b| [' ', a, ' ', b]);
    rewrite(&spaced, |a, b| is_digit(a) && b == '-', |a, b| [a, ' ', b, ' '])
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
