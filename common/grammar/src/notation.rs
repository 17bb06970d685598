//! Reads the notation in which the grammar is written.

use std::collections::{BTreeMap, BTreeSet};

/// One line of a grammar's text: `Left weight : english = spanish | dialect spanish [part lemma]`.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// For messages.
    pub text: &'a str,
    pub left: &'a str,
    pub weight: f64,
    pub english: Vec<&'a str>,
    pub spanish: Vec<&'a str>,
    /// Other Spanish sides, each with the name of the dialect that speaks so.
    pub dialects: Vec<(&'a str, Vec<&'a str>)>,
    /// Part of speech and basic form, where the line is an entry of the lexicon.
    pub lemma: Option<(&'a str, &'a str)>,
}

/// A grammar's text, taken apart.
#[derive(Debug, Default)]
pub(super) struct Notation<'a> {
    /// The values that each feature variable runs through.
    pub variables: BTreeMap<&'a str, Vec<&'a str>>,
    /// The forms of each inflected word by its features.
    pub forms: BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>,
    pub lines: Vec<Line<'a>>,
    /// The names that stand on the left, without features.
    pub phrases: BTreeSet<&'a str>,
    /// Phrases that no open link leaves.
    pub bounds: Vec<&'a str>,
    /// Phrases to be reported as spans, with the label and, where the span ends before a phrase within, that one.
    pub spans: Vec<(&'a str, &'a str, Option<&'a str>)>,
    /// Phrases that bind a word of one part of speech to one of another.
    pub bonds: Vec<(&'a str, [&'a str; 2])>,
}

impl<'a> Notation<'a> {
    /// # Panics
    /// If a line is not in the notation.
    #[track_caller]
    pub fn of(text: &'a str) -> Self {
        let mut notation = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["let", ..] => {
                    let (names, values) = split_at(&words[1..], "=").expect("a `let` has its values behind `=`");
                    notation.variables.extend(names.iter().map(|&name| (name, values.to_vec())));
                }
                ["forms", word, ref rest @ ..] => {
                    let pairs = rest.chunks_exact(2).map(|pair| (pair[0], pair[1]));
                    notation.forms.entry(word).or_default().extend(pairs);
                }
                ["bound", ref phrases @ ..] => notation.bounds.extend(phrases),
                ["span", phrase, label] => notation.spans.push((phrase, label, None)),
                ["span", phrase, label, "before", within] => notation.spans.push((phrase, label, Some(within))),
                ["bond", phrase, one, other] => notation.bonds.push((phrase, [one, other])),
                _ => match rule(line, &words) {
                    Some(line) => {
                        notation.phrases.insert(base(line.left));
                        notation.lines.push(line);
                    }
                    None => panic!("grammar: this is not `Left weight : english = spanish`: {line}"),
                },
            }
        }
        notation
    }
}

fn rule<'a>(text: &'a str, words: &[&'a str]) -> Option<Line<'a>> {
    let (head, body) = split_at(words, ":")?;
    let (left, weight) = match *head {
        [left] => (left, 1.0),
        [left, weight] => (left, weight.parse().ok()?),
        _ => return None,
    };
    let (body, lemma) = match body {
        [body @ .., part, lemma] if part.starts_with('[') => (body, Some((&part[1..], lemma.strip_suffix(']')?))),
        _ => (body, None),
    };
    let (english, spanish) = split_at(body, "=")?;
    let mut sides = spanish.split(|&word| word == "|");
    let spanish = sides.next()?.to_vec();
    let dialects = sides.map(|side| Some((*side.first()?, side[1..].to_vec()))).collect::<Option<_>>()?;
    let english = english.to_vec();
    (!english.is_empty()).then_some(Line { text, left, weight, english, spanish, dialects, lemma })
}

/// What stands before and behind the first `mark`.
fn split_at<'w, 'a>(words: &'w [&'a str], mark: &str) -> Option<(&'w [&'a str], &'w [&'a str])> {
    let at = words.iter().position(|&word| word == mark)?;
    Some((&words[..at], &words[at + 1..]))
}

/// The name without its features.
pub(super) fn base(name: &str) -> &str {
    name.split_once('.').map_or(name, |(base, _)| base)
}

/// `name` with every feature variable replaced by its value: a piece between dots that is a variable, or a digit and
/// a variable.
pub(super) fn with_values(name: &str, values: &BTreeMap<&str, &str>) -> String {
    let piece = |(at, piece): (usize, &str)| match piece.strip_prefix(|c: char| c.is_ascii_digit()) {
        _ if at == 0 => piece.to_owned(),
        Some(variable) if values.contains_key(variable) => format!("{}{}", &piece[..1], values[variable]),
        _ => values.get(piece).map_or(piece, |value| *value).to_owned(),
    };
    name.split('.').enumerate().map(piece).collect::<Vec<_>>().join(".")
}

/// The feature variables in `name`, as [`with_values`] finds them.
pub(super) fn variables_in<'a>(name: &'a str, known: &'a BTreeMap<&str, Vec<&str>>) -> impl Iterator<Item = &'a str> {
    let pieces = name.split('.').skip(1);
    pieces.map(|piece| piece.trim_start_matches(|c: char| c.is_ascii_digit())).filter(|piece| known.contains_key(piece))
}

/// The word and its sense, such as `/clock` or nothing.
pub(super) fn word_and_sense(entry: &str) -> (&str, &str) {
    entry.split_at(entry.find('/').unwrap_or(entry.len()))
}

/// An item as it is written, `name/sense:links`.
pub(super) struct Written<'a> {
    pub name: &'a str,
    pub sense: Option<&'a str>,
    pub links: &'a str,
}

impl<'a> Written<'a> {
    pub fn of(item: &'a str) -> Self {
        let (item, links) = item.split_once(':').unwrap_or((item, ""));
        let (name, sense) = match item.split_once('/') {
            Some((name, sense)) => (name, Some(sense)),
            None => (item, None),
        };
        Self { name, sense, links }
    }
}
