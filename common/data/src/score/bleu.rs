//! BLEU: how many runs of one to four words a translation shares with its references.

use std::iter::Sum;

use super::Tokenization;
use super::ngrams::{counts, words};

/// The longest run of words that is counted.
const ORDER: usize = 4;

/// BLEU (Papineni et al. 2002), as sacreBLEU computes it (Post 2018).
///
/// ```text
/// BLEU = BP exp(1/N Σ_{n=1..N} ln p_n)     N = 4
/// p_n  = runs of n words that a reference has too / runs of n words
/// BP   = exp(min(0, 1 - r/c))              c words in the translations, r in the references
/// ```
///
/// A run counts as often as the reference that has it most often; of several references the one whose length is nearest
/// counts towards r, the shorter of two. Over a corpus, all counts are added up before anything is divided.
///
/// Where no translation has n words, p_n is 0/0 and the score undefined. sacreBLEU prints 0 then, even for translations
/// without a mistake. The score is 0 where it would be whatever p_n were: if not one word is right, or nothing was said
/// where something should have been.
///
/// ```
/// use data::score::Bleu;
///
/// let bleu = Bleu::default();
/// let corpus = |said, right| bleu.corpus([(said, &[right][..])]).score.map(f64::round);
/// assert_eq!(corpus("dos libros", "dos libros"), None);
/// assert_eq!(corpus("una casa", "dos libros"), Some(0.0));
/// assert_eq!(corpus("", "dos libros"), Some(0.0));
/// assert_eq!(bleu.sentence("dos libros", &["dos libros"]).score.map(f64::round), Some(100.0));
///
/// // 5 of 6 words, 3 of 5 pairs, 1 of 4 triples, and no run of four, which smoothing counts as 1/2 of 3.
/// let score = bleu.sentence("the cat is on the mat", &["the cat sat on the mat"]).score.unwrap();
/// let expected = 100.0 * (5.0 / 6.0 * 3.0 / 5.0 * 1.0 / 4.0 * 0.5 / 3.0_f64).powf(0.25); // 37.99
/// assert!((score - expected).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bleu {
    /// What a word is.
    pub tokenization: Tokenization,
    /// What a precision of zero becomes.
    pub smoothing: Smoothing,
}

/// What BLEU makes of runs of n words that never occur in a reference, so that one zero does not make the whole score
/// zero. Chen and Cherry (2014) compare these. A translation without a single right word scores 0 with all of them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Smoothing {
    /// The precision stays 0, and with it the score.
    None,
    /// A count of 0 becomes this number, 0.1 as a rule.
    Floor(f64),
    /// This number, 1 as a rule, is added to the counts of both sides for n > 1 (Lin and Och 2004).
    AddK(f64),
    /// The first count of 0 becomes 1/2, the second 1/4, and so on. The rule of `mteval-v13a.pl`, sacreBLEU's default.
    #[default]
    Exponential,
}

/// What BLEU needs to know of some translations: counts that add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BleuStatistics {
    /// Words in the translations, c.
    pub length: usize,
    /// Words in the references of nearest length, r.
    pub reference_length: usize,
    /// Runs of 1, 2, 3 and 4 words that a reference has too.
    pub matches: [usize; ORDER],
    /// Runs of 1, 2, 3 and 4 words.
    pub totals: [usize; ORDER],
}

/// A score and its parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BleuScore {
    /// From 0 to 100. `None` if it is undefined: see [`Bleu`].
    pub score: Option<f64>,
    /// p_1 to p_4 after smoothing, from 0 to 100.
    pub precisions: [f64; ORDER],
    /// BP: 1 unless the translations are shorter than the references.
    pub brevity_penalty: f64,
}

impl Bleu {
    /// The score of translations as a whole, each with its references.
    ///
    /// # Panics
    /// If a translation has no reference.
    #[track_caller]
    pub fn corpus<'s, R: AsRef<str> + 's>(
        &self,
        translations: impl IntoIterator<Item = (&'s str, &'s [R])>,
    ) -> BleuScore {
        let mut sum = BleuStatistics::default();
        for (hypothesis, references) in translations {
            sum = sum.plus(&self.statistics(hypothesis, references));
        }
        self.score(&sum)
    }

    /// The score of one translation, as [`sentence_score`](Self::sentence_score) counts.
    ///
    /// # Panics
    /// If there is no reference.
    #[track_caller]
    pub fn sentence<R: AsRef<str>>(&self, hypothesis: &str, references: &[R]) -> BleuScore {
        self.sentence_score(&self.statistics(hypothesis, references))
    }

    /// The counts of one translation. The [`score`](Self::score) of several is that of their sum.
    ///
    /// # Panics
    /// If there is no reference.
    #[track_caller]
    pub fn statistics<R: AsRef<str>>(&self, hypothesis: &str, references: &[R]) -> BleuStatistics {
        assert!(!references.is_empty(), "BLEU: the translation {hypothesis:?} has no reference");
        let hypothesis = self.tokenization.apply(hypothesis);
        let hypothesis: Vec<&str> = words(&hypothesis).collect();
        let references: Vec<String> = references.iter().map(|text| self.tokenization.apply(text.as_ref())).collect();
        let references: Vec<Vec<&str>> = references.iter().map(|text| words(text).collect()).collect();

        let length = hypothesis.len();
        let nearest = references.iter().map(Vec::len).min_by_key(|&reference| (reference.abs_diff(length), reference));
        let mut statistics =
            BleuStatistics { length, reference_length: nearest.unwrap_or(0), ..BleuStatistics::default() };
        for n in 1..=ORDER {
            let of_references: Vec<_> = references.iter().map(|reference| counts(reference, n)).collect();
            let matches = counts(&hypothesis, n).into_iter().map(|(ngram, count)| {
                let most = of_references.iter().filter_map(|counts| counts.get(ngram)).max().copied().unwrap_or(0);
                count.min(most)
            });
            statistics.matches[n - 1] = matches.sum();
            statistics.totals[n - 1] = (length + 1).saturating_sub(n);
        }
        statistics
    }

    /// The score of a corpus with these counts.
    pub fn score(&self, statistics: &BleuStatistics) -> BleuScore {
        self.smoothed(statistics, false)
    }

    /// The score of one translation with these counts. If it has fewer than four words, N is their number: sacreBLEU's
    /// effective order, without which no short sentence could score. ([`Smoothing::AddK`] leaves no order without runs,
    /// and N at 4.) Undefined only of no words beside no words.
    pub fn sentence_score(&self, statistics: &BleuStatistics) -> BleuScore {
        self.smoothed(statistics, true)
    }

    fn smoothed(&self, statistics: &BleuStatistics, effective_order: bool) -> BleuScore {
        let &BleuStatistics { length, reference_length, matches, totals } = statistics;
        let excess = reference_length as f64 / length as f64 - 1.0; // of no words at all ∞, and e^-∞ = 0
        let brevity_penalty = if length < reference_length { (-excess).exp() } else { 1.0 };
        let mut precisions = [0.0; ORDER];
        if matches == [0; ORDER] {
            let words = length + reference_length;
            return BleuScore { score: (words > 0).then_some(0.0), precisions, brevity_penalty };
        }
        let mut order = 0;
        let mut halved = 1.0;
        for n in 1..=ORDER {
            let added = match self.smoothing {
                Smoothing::AddK(k) if n > 1 => k,
                _ => 0.0,
            };
            let (matched, total) = (matches[n - 1] as f64 + added, totals[n - 1] as f64 + added);
            if total == 0.0 {
                break;
            }
            order = n;
            let smoothed = match self.smoothing {
                Smoothing::Exponential if matched == 0.0 => {
                    halved /= 2.0;
                    halved
                }
                Smoothing::Floor(floor) if matched == 0.0 => floor,
                _ => matched,
            };
            precisions[n - 1] = 100.0 * smoothed / total;
        }
        let logarithms: f64 = precisions[..order].iter().map(|precision| precision.ln()).sum();
        let score = brevity_penalty * (logarithms / order as f64).exp();
        BleuScore { score: (effective_order || order == ORDER).then_some(score), precisions, brevity_penalty }
    }
}

impl BleuStatistics {
    fn plus(&self, other: &Self) -> Self {
        Self {
            length: self.length + other.length,
            reference_length: self.reference_length + other.reference_length,
            matches: std::array::from_fn(|n| self.matches[n] + other.matches[n]),
            totals: std::array::from_fn(|n| self.totals[n] + other.totals[n]),
        }
    }
}

impl Sum for BleuStatistics {
    fn sum<I: Iterator<Item = Self>>(statistics: I) -> Self {
        statistics.fold(Self::default(), |sum, statistics| sum.plus(&statistics))
    }
}
