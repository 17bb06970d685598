//! chrF: how many runs of one to six characters a translation shares with its reference.

use std::iter::Sum;

use super::ngrams::{counts, is_space, words};

/// The longest run of characters that is counted.
const CHARACTERS: usize = 6;

/// The longest run of words that chrF++ counts.
const WORDS: usize = 2;

/// How much more recall weighs than precision, β.
const BETA: f64 = 2.0;

/// chrF (Popović 2015) and chrF++ (Popović 2017), as sacreBLEU computes them.
///
/// ```text
/// chrF = 100 (1 + β²) P R / (β² P + R)     β = 2
/// P    = mean over n of: runs of n characters that the reference has too / those of the translation
/// R    = mean over n of: the same / those of the reference
/// ```
///
/// Spaces are left out, so that only letters count, and a word that is nearly right counts nearly as much: a wrong
/// ending costs BLEU the word and all runs it stands in. chrF++ takes the means over runs of one and two words too.
/// Runs so long that one side has none take no part; beside references without a character, the score is undefined.
/// Of several references the one that gives the best score counts.
///
/// ```
/// use data::score::Chrf;
///
/// // Runs of 1 and 2 characters: 2 of 3 and 1 of 2 are shared; of 3: none of 1. P = R = 7/18.
/// assert!((Chrf::default().sentence("abd", &["abc"]).unwrap() - 700.0 / 18.0).abs() < 1e-12);
/// // And of 1 word: none of 1. P = R = 7/24.
/// assert!((Chrf::plus_plus().sentence("abd", &["abc"]).unwrap() - 700.0 / 24.0).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chrf {
    words: usize,
}

/// What chrF needs to know of some translations: counts that add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChrfStatistics {
    /// Of each order, characters first.
    orders: [Overlap; CHARACTERS + WORDS],
}

/// How many runs of one order there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Overlap {
    hypothesis: usize,
    reference: usize,
    both: usize,
}

impl Chrf {
    /// chrF++: words are counted too.
    pub fn plus_plus() -> Self {
        Self { words: WORDS }
    }

    /// The score of translations as a whole, each with its references. `None` if no reference has a character.
    ///
    /// # Panics
    /// If a translation has no reference.
    #[track_caller]
    pub fn corpus<'s, R: AsRef<str> + 's>(
        &self,
        translations: impl IntoIterator<Item = (&'s str, &'s [R])>,
    ) -> Option<f64> {
        let mut sum = ChrfStatistics::default();
        for (hypothesis, references) in translations {
            sum = sum.plus(&self.statistics(hypothesis, references));
        }
        sum.score()
    }

    /// The score of one translation. `None` if no reference has a character.
    ///
    /// # Panics
    /// If there is no reference.
    #[track_caller]
    pub fn sentence<R: AsRef<str>>(&self, hypothesis: &str, references: &[R]) -> Option<f64> {
        self.statistics(hypothesis, references).score()
    }

    /// The counts of one translation beside the reference that suits it best, the first of equals.
    ///
    /// # Panics
    /// If there is no reference.
    #[track_caller]
    pub fn statistics<R: AsRef<str>>(&self, hypothesis: &str, references: &[R]) -> ChrfStatistics {
        assert!(!references.is_empty(), "chrF: the translation {hypothesis:?} has no reference");
        let hypothesis = Runs::of(hypothesis);
        let mut best: Option<ChrfStatistics> = None;
        for reference in references {
            let statistics = self.beside(&hypothesis, &Runs::of(reference.as_ref()));
            let score = |statistics: &ChrfStatistics| statistics.score().unwrap_or(0.0);
            if best.is_none_or(|best| score(&statistics) > score(&best)) {
                best = Some(statistics);
            }
        }
        best.unwrap_or_default()
    }

    fn beside(&self, hypothesis: &Runs<'_>, reference: &Runs<'_>) -> ChrfStatistics {
        let mut statistics = ChrfStatistics::default();
        for n in 1..=CHARACTERS {
            statistics.orders[n - 1] = Overlap::new(&hypothesis.characters, &reference.characters, n);
        }
        for n in 1..=self.words {
            statistics.orders[CHARACTERS + n - 1] = Overlap::new(&hypothesis.words, &reference.words, n);
        }
        statistics
    }
}

impl ChrfStatistics {
    /// The score of a corpus with these counts. `None` if no reference has a character.
    pub fn score(&self) -> Option<f64> {
        if self.orders.iter().all(|order| order.reference == 0) {
            return None;
        }
        let (mut precision, mut recall, mut orders) = (0.0, 0.0, 0.0);
        for &Overlap { hypothesis, reference, both } in &self.orders {
            if hypothesis > 0 && reference > 0 {
                precision += both as f64 / hypothesis as f64;
                recall += both as f64 / reference as f64;
                orders += 1.0;
            }
        }
        if precision + recall == 0.0 {
            return Some(0.0);
        }
        let (precision, recall) = (precision / orders, recall / orders);
        let squared = BETA * BETA;
        Some(100.0 * (1.0 + squared) * precision * recall / (squared * precision + recall))
    }

    fn plus(&self, other: &Self) -> Self {
        Self { orders: std::array::from_fn(|n| self.orders[n].plus(&other.orders[n])) }
    }
}

impl Sum for ChrfStatistics {
    fn sum<I: Iterator<Item = Self>>(statistics: I) -> Self {
        statistics.fold(Self::default(), |sum, statistics| sum.plus(&statistics))
    }
}

impl Overlap {
    fn new<T: Ord>(hypothesis: &[T], reference: &[T], n: usize) -> Self {
        let in_reference = counts(reference, n);
        let in_both = counts(hypothesis, n)
            .into_iter()
            .map(|(ngram, count)| count.min(in_reference.get(ngram).copied().unwrap_or(0)));
        let both = in_both.sum();
        let length = |sequence: &[T]| (sequence.len() + 1).saturating_sub(n);
        // Where the reference has none, nothing can be right or wrong.
        let hypothesis = if in_reference.is_empty() { 0 } else { length(hypothesis) };
        Self { hypothesis, reference: length(reference), both }
    }

    fn plus(&self, other: &Self) -> Self {
        Self {
            hypothesis: self.hypothesis + other.hypothesis,
            reference: self.reference + other.reference,
            both: self.both + other.both,
        }
    }
}

/// What runs are taken from.
struct Runs<'t> {
    characters: Vec<char>,
    words: Vec<&'t str>,
}

impl<'t> Runs<'t> {
    fn of(text: &'t str) -> Self {
        let characters = text.chars().filter(|&character| !is_space(character)).collect();
        Self { characters, words: words(text).flat_map(without_punctuation).filter(|word| !word.is_empty()).collect() }
    }
}

/// A word and the punctuation at its end or, if there is none, at its start: one character of it, as in chrF++.py.
fn without_punctuation(word: &str) -> [&str; 2] {
    let is_punctuation = |character: char| character.is_ascii_punctuation();
    if word.chars().count() == 1 {
        return [word, ""];
    }
    if word.ends_with(is_punctuation) {
        let (rest, mark) = word.split_at(word.len() - 1);
        [rest, mark]
    } else if word.starts_with(is_punctuation) {
        let (mark, rest) = word.split_at(1);
        [mark, rest]
    } else {
        [word, ""]
    }
}
