//! Files of sentence pairs: read, checked and split.

use std::fmt;
use std::path::Path;

use ndarray_rand::rand::RngCore;

use super::{TokenPair, Vocabulary};
use crate::random::stream;
use crate::{HELD_OUT, NormalForm, Text, TextError, is_blank, quoted};

/// How many words a sentence may have, as spaces part them. Of Tatoeba's 118,964 English-Spanish pairs the longest side
/// has 49.
pub const MOST_WORDS: usize = 100;

/// How many characters a sentence may have, for scripts that write no spaces.
pub const MOST_CHARACTERS: usize = 1_000;

/// Why a file of pairs cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// It is no text: missing, not readable, empty or not UTF-8.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A line has only one side.
    #[error("line {line} of {name} has no tab; write each pair on a line as the sentence, a tab and its translation")]
    NoTab {
        /// The text's name.
        name: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// Nothing stands before the tab, or after it.
    #[error("line {line} of {name} has an empty {side}; write it or remove the line")]
    EmptySide {
        /// The text's name.
        name: String,
        /// The line, counted from 1.
        line: usize,
        /// Which side of the tab.
        side: Side,
    },
    /// A sentence is far longer than sentences are.
    #[error(
        "line {line} of {name} has a {side} of {length} {unit}, and at most {limit} are taken; shorten it or \
         remove the line"
    )]
    TooLong {
        /// The text's name.
        name: String,
        /// The line, counted from 1.
        line: usize,
        /// Which side of the tab.
        side: Side,
        /// How long it is.
        length: usize,
        /// In what: words or characters.
        unit: &'static str,
        /// How long it may be: [`MOST_WORDS`] or [`MOST_CHARACTERS`].
        limit: usize,
    },
    /// There are blank lines only.
    #[error(
        "{name} has no pairs, only blank lines; write each pair on a line as the sentence, a tab and its translation"
    )]
    NoPairs {
        /// The text's name.
        name: String,
    },
    /// Every line says the same.
    #[error(
        "all pairs of {name} are alike, so there is nothing to learn from them; choose a file with different pairs"
    )]
    Alike {
        /// The text's name.
        name: String,
    },
    /// There is one source sentence, and one part of the split would be empty.
    #[error(
        "all pairs of {name} translate one sentence, {}{}, so none can be held out to judge by; add pairs of another \
         sentence",
        quoted(.source_sentence),
        if *.in_one_case { "" } else { ", but for capital letters" }
    )]
    OneSentence {
        /// The text's name.
        name: String,
        /// The sentence.
        source_sentence: String,
        /// Whether all write it alike.
        in_one_case: bool,
    },
}

/// A side of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is translated.
    Source,
    /// What it is translated to.
    Target,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Source => "sentence",
            Side::Target => "translation",
        })
    }
}

/// Pairs of a sentence and its translation, and the name by which error messages and reports call them.
///
/// They come in the format of Tatoeba's exports: on every line a sentence, a tab and its translation; whatever follows
/// another tab (there, who wrote them) is not read. Spaces around a sentence do not belong to it, and blank lines say
/// nothing. A sentence may have several lines and so several translations.
///
/// ```
/// use data::Text;
/// use data::pairs::PairText;
///
/// let pairs = PairText::new(&Text::new("pairs.tsv", "Go on.\tSigue.\tCC-BY 2.0\nGo on.\tContinúe.\n")?)?;
/// assert_eq!(pairs.pairs()[0], ("Go on.".to_owned(), "Sigue.".to_owned()));
/// assert_eq!(pairs.targets().collect::<Vec<_>>(), ["Sigue.", "Continúe."]);
///
/// let error = PairText::new(&Text::new("pairs.tsv", "Go on.\tSigue.\nI see. Ya veo.\n")?).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 2 of pairs.tsv has no tab; write each pair on a line as the sentence, a tab and its translation"
/// );
/// # Ok::<(), data::pairs::PairError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairText {
    name: String,
    pairs: Vec<(String, String)>,
}

/// Pairs in two parts. No sentence of the source language stands in both, unless the user named a file to judge by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairSplit {
    /// What the model learns from, in the order of the file.
    pub train: PairText,
    /// What it does not learn from, and is judged by; mixed, so that the first n are a fair sample, with all translations of a
    /// sentence side by side.
    pub validation: PairText,
}

impl PairText {
    /// The pairs of a text.
    ///
    /// # Errors
    /// If there is no pair, a line is none, or a sentence is longer than [`MOST_WORDS`] words or [`MOST_CHARACTERS`]; the first such
    /// line is named.
    pub fn new(text: &Text) -> Result<Self, PairError> {
        let name = text.name().to_owned();
        let lines = text.as_str().split('\n').zip(1..).filter(|(content, _)| !is_blank(content));
        let pairs = lines.map(|(content, line)| pair(&name, line, content)).collect::<Result<Vec<_>, _>>()?;
        if pairs.is_empty() {
            return Err(PairError::NoPairs { name });
        }
        Ok(Self { name, pairs })
    }

    /// The pairs in a UTF-8 file, called by its path.
    ///
    /// # Errors
    /// If the file is missing, cannot be read, is empty or is not UTF-8, and as [`new`](Self::new).
    pub fn read(path: impl AsRef<Path>) -> Result<Self, PairError> {
        Self::new(&Text::read(path)?)
    }

    /// The same pairs in a normal form.
    pub fn in_form(&self, form: NormalForm) -> Self {
        let written = |sentence: &String| form.apply(sentence).into_owned();
        let pairs = self.pairs.iter().map(|(source, target)| (written(source), written(target))).collect();
        Self { name: self.name.clone(), pairs }
    }

    /// What the pairs are called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Each sentence with its translation.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The sentences, as often as they stand there.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(source, _)| source.as_str())
    }

    /// Their translations.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(_, target)| target.as_str())
    }

    /// The pairs as tokens, in the same order.
    pub fn encode(&self, source: &Vocabulary, target: &Vocabulary) -> Vec<TokenPair> {
        self.pairs.iter().map(|(x, y)| (source.encode(x), target.encode(y))).collect()
    }

    /// The pairs in two parts: about nine tenths of the sentences to learn from, the rest to judge by.
    ///
    /// To which part a pair belongs depends on its source sentence alone, without regard to case, and on no other pair:
    /// in a longer file, or in one of other translations, it stays where it was. Sentences that differ in spaces alone are
    /// two, as they always were. Only where that leaves one part empty,
    /// the sentence that is nearest to it goes there.
    ///
    /// # Errors
    /// [`PairError::Alike`] if all pairs are alike, and [`PairError::OneSentence`] if all have one source, without regard
    /// to case.
    pub fn split(&self) -> Result<PairSplit, PairError> {
        self.holding_out(HELD_OUT)
    }

    /// The same with another part of the sentences to judge by, between 0 and 1: what a smaller one holds out, a larger one
    /// holds out too.
    ///
    /// # Errors
    /// As [`split`](Self::split).
    pub fn holding_out(&self, share: f64) -> Result<PairSplit, PairError> {
        if self.pairs.len() > 1 && self.pairs.iter().all(|pair| *pair == self.pairs[0]) {
            return Err(PairError::Alike { name: self.name.clone() });
        }
        let placed: Vec<(u64, &(String, String))> = self.pairs.iter().map(|pair| (place(pair), pair)).collect();
        // The last digit tells the tenth, as it did before there were other shares, and 32 bits of the others the rest.
        let tenths = |place: u64| (place % 10) as f64 + ((place / 10) as u32) as f64 / 2f64.powi(32);
        let (mut held_out, mut train): (Vec<_>, Vec<_>) =
            placed.iter().partition(|(place, _)| tenths(*place) < 10.0 * share);
        if held_out.is_empty() {
            let lowest = placed.iter().map(|(place, _)| *place).min_by(|a, b| tenths(*a).total_cmp(&tenths(*b)));
            held_out = take(&mut train, lowest);
        } else if train.is_empty() {
            let highest = placed.iter().map(|(place, _)| *place).max_by(|a, b| tenths(*a).total_cmp(&tenths(*b)));
            train = take(&mut held_out, highest);
        }
        mix(&mut held_out);
        if train.is_empty() || held_out.is_empty() {
            let first = &self.pairs[0].0;
            return Err(PairError::OneSentence {
                name: self.name.clone(),
                source_sentence: first.clone(),
                in_one_case: self.sources().all(|source| source == first),
            });
        }
        let part = |which, placed: Vec<(u64, &(String, String))>| Self {
            name: format!("the {which} part of {}", self.name),
            pairs: placed.into_iter().map(|(_, pair)| pair.clone()).collect(),
        };
        Ok(PairSplit { train: part("training", train), validation: part("validation", held_out) })
    }

    /// These pairs, undivided, to learn from, and others to judge by.
    pub fn judged_by(&self, others: &PairText) -> PairSplit {
        let mut placed: Vec<_> = others.pairs.iter().map(|pair| (place(pair), pair)).collect();
        mix(&mut placed);
        let pairs = placed.into_iter().map(|(_, pair)| pair.clone()).collect();
        PairSplit { train: self.clone(), validation: Self { name: others.name.clone(), pairs } }
    }
}

/// Where a pair stands among all that could be.
fn place((source, _): &(String, String)) -> u64 {
    stream(0, 0, &source.to_lowercase()).next_u64()
}

/// Puts pairs in the order of their places; equal ones differ in the case of letters only, and go by that.
fn mix(placed: &mut [(u64, &(String, String))]) {
    placed.sort_by_key(|(place, (source, _))| (*place, source));
}

/// Takes what stands at this place out of a part.
fn take<'p>(part: &mut Vec<(u64, &'p (String, String))>, place: Option<u64>) -> Vec<(u64, &'p (String, String))> {
    part.extract_if(.., |(other, _)| Some(*other) == place).collect()
}

/// The pair on one line.
fn pair(name: &str, line: usize, content: &str) -> Result<(String, String), PairError> {
    let name = || name.to_owned();
    let mut columns = content.split('\t').map(str::trim);
    let (Some(source), Some(target)) = (columns.next(), columns.next()) else {
        return Err(PairError::NoTab { name: name(), line });
    };
    for (side, sentence) in [(Side::Source, source), (Side::Target, target)] {
        if sentence.is_empty() {
            return Err(PairError::EmptySide { name: name(), line, side });
        }
        let words = sentence.split_whitespace().count();
        let characters = sentence.chars().count();
        for (length, unit, limit) in [(words, "words", MOST_WORDS), (characters, "characters", MOST_CHARACTERS)] {
            if length > limit {
                return Err(PairError::TooLong { name: name(), line, side, length, unit, limit });
            }
        }
    }
    Ok((source.to_owned(), target.to_owned()))
}
