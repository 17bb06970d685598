//! How a normalised text is cut into the pieces that become tokens.

use std::borrow::Cow;

use super::characters::is_punctuation;
use super::file::{self, Metaspace, Prepended};

/// Steps, one after another; each cuts the pieces of the one before.
pub(super) struct PreTokenizer(Vec<Step>);

enum Step {
    /// At white space, which is left out.
    WhiteSpace,
    /// Punctuation apart.
    Punctuation,
    /// `▁` for spaces, and perhaps before a piece, and cut before each.
    Metaspace(Metaspace),
}

impl PreTokenizer {
    /// # Errors
    /// If a step is not known.
    pub fn new(stored: Option<file::PreTokenizer>) -> Result<Self, String> {
        let mut steps = Vec::new();
        if let Some(stored) = stored {
            add(&mut steps, stored)?;
        }
        Ok(Self(steps))
    }

    /// The pieces of a section of a text, the first or a later one.
    pub fn pieces<'t>(&self, text: &'t str, is_first: bool) -> Vec<Cow<'t, str>> {
        let mut pieces = vec![(Cow::Borrowed(text), is_first)];
        for step in &self.0 {
            pieces = pieces.into_iter().flat_map(|(piece, is_first)| step.cut(piece, is_first)).collect();
        }
        pieces.into_iter().map(|(piece, _)| piece).filter(|piece| !piece.is_empty()).collect()
    }
}

fn add(steps: &mut Vec<Step>, stored: file::PreTokenizer) -> Result<(), String> {
    match stored {
        file::PreTokenizer::Sequence { pretokenizers } => {
            for pretokenizer in pretokenizers {
                add(steps, pretokenizer)?;
            }
        }
        file::PreTokenizer::Bert => steps.extend([Step::WhiteSpace, Step::Punctuation]),
        file::PreTokenizer::WhitespaceSplit => steps.push(Step::WhiteSpace),
        file::PreTokenizer::Metaspace(metaspace) => steps.push(Step::Metaspace(metaspace)),
        file::PreTokenizer::ByteLevel { .. } | file::PreTokenizer::Split { .. } => {
            return Err("it cuts a text in a way that is known here of tokens of bytes alone".to_owned());
        }
    }
    Ok(())
}

impl Step {
    fn cut<'t>(&self, piece: Cow<'t, str>, is_first: bool) -> Vec<(Cow<'t, str>, bool)> {
        match self {
            Step::WhiteSpace => {
                let begins = is_first && !piece.starts_with(char::is_whitespace);
                owned(piece.split_whitespace().collect(), begins)
            }
            Step::Punctuation => {
                let one = |part: &str| match part.find(is_punctuation) {
                    Some(0) => part.chars().next().map_or(0, char::len_utf8),
                    Some(place) => place,
                    None => part.len(),
                };
                owned(parts(&piece, one), is_first)
            }
            Step::Metaspace(metaspace) => {
                let mark = metaspace.replacement;
                let mut marked = piece.replace(' ', mark.encode_utf8(&mut [0; 4]));
                let prepends = match metaspace.prepended() {
                    Prepended::Always => true,
                    Prepended::First => is_first,
                    Prepended::Never => false,
                };
                if prepends && !marked.is_empty() && !marked.starts_with(mark) {
                    marked.insert(0, mark);
                }
                if !metaspace.split {
                    return vec![(Cow::Owned(marked), is_first)];
                }
                let to_next = |part: &str| {
                    let first = part.chars().next().map_or(0, char::len_utf8);
                    part[first..].find(mark).map_or(part.len(), |place| first + place)
                };
                owned(parts(&marked, to_next), is_first)
            }
        }
    }
}

fn owned<'t>(parts: Vec<&str>, is_first: bool) -> Vec<(Cow<'t, str>, bool)> {
    let owned = |(number, part): (usize, &str)| (Cow::Owned(part.to_owned()), is_first && number == 0);
    parts.into_iter().enumerate().map(owned).collect()
}

/// A text in parts, of which each is as long as is said of what is left.
fn parts(mut text: &str, length: impl Fn(&str) -> usize) -> Vec<&str> {
    let mut parts = Vec::new();
    while !text.is_empty() {
        let part;
        (part, text) = text.split_at(length(text));
        parts.push(part);
    }
    parts
}
