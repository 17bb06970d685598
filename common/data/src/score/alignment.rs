//! How well links between words agree with a gold alignment.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::iter::Sum;

use ndarray::{Array2, ArrayView2};

/// A word of the source and one of its translation that belong together: their positions, counted from 0.
pub type Link = (usize, usize);

/// How many links were found and are right: counts that add up over sentences.
///
/// Annotators mark links as sure (S) or as possible (P, which holds S). Of the links found (A),
///
/// ```text
/// AER = 1 - (|A ∩ S| + |A ∩ P|) / (|A| + |S|)
/// ```
///
/// is the alignment error rate (Och and Ney 2003, section 6): 0 if every sure link was found and every link found is
/// possible. Where gold comes from a grammar and not from a person, all of it is sure, and the rate is 1 less the
/// F-score.
///
/// ```
/// use data::score::AlignmentCounts;
///
/// let sure = [(0, 0), (1, 2), (2, 1)];
/// let counts = AlignmentCounts::new(&[(0, 0), (1, 1), (2, 1)], &sure, &[]);
/// assert_eq!(counts.error_rate(), Some(1.0 - (2.0 + 2.0) / (3.0 + 3.0)));
/// let counts = AlignmentCounts::new(&[(0, 0), (1, 1), (2, 1)], &sure, &[(1, 1)]);
/// assert_eq!(counts.error_rate(), Some(1.0 - (2.0 + 3.0) / (3.0 + 3.0)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct AlignmentCounts {
    /// |A|. Weights of [`expected`](Self::expected) make these numbers fractions.
    pub found: f64,
    /// |S|.
    pub sure: f64,
    /// |A ∩ S|.
    pub found_sure: f64,
    /// |A ∩ P|.
    pub found_possible: f64,
}

impl AlignmentCounts {
    /// The counts of one sentence. A sure link is possible too, so `possible` needs to name only the others: it is
    /// empty where gold is generated. A link given twice counts once.
    pub fn new(found: &[Link], sure: &[Link], possible: &[Link]) -> Self {
        let found: BTreeSet<Link> = found.iter().copied().collect();
        Self::weighed(found.into_iter().map(|link| (link, 1.0)), sure, possible)
    }

    /// The counts to expect of one sentence if each word of the translation, independently, draws its link from its row
    /// of weights. A row that sums to less than one draws none as often as is missing. The rate of such counts is the
    /// expected rate whenever all rows sum to one, since |A| is then the same for all draws.
    ///
    /// # Shapes
    /// - `weights`: (T, S).
    pub fn expected(weights: ArrayView2<'_, f64>, sure: &[Link], possible: &[Link]) -> Self {
        Self::weighed(weights.indexed_iter().map(|((t, s), &weight)| ((s, t), weight)), sure, possible)
    }

    fn weighed(found: impl Iterator<Item = (Link, f64)>, sure: &[Link], possible: &[Link]) -> Self {
        let sure: BTreeSet<Link> = sure.iter().copied().collect();
        let possible: BTreeSet<Link> = possible.iter().copied().chain(sure.iter().copied()).collect();
        let mut counts = Self { sure: sure.len() as f64, ..Self::default() };
        for (link, weight) in found {
            counts.found += weight;
            counts.found_sure += if sure.contains(&link) { weight } else { 0.0 };
            counts.found_possible += if possible.contains(&link) { weight } else { 0.0 };
        }
        counts
    }

    /// The alignment error rate, from 0 to 1. `None` if there is no link, neither found nor sure.
    pub fn error_rate(&self) -> Option<f64> {
        let links = self.found + self.sure;
        (links > 0.0).then(|| 1.0 - (self.found_sure + self.found_possible) / links)
    }
}

impl Sum for AlignmentCounts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, counts| Self {
            found: sum.found + counts.found,
            sure: sum.sure + counts.sure,
            found_sure: sum.found_sure + counts.found_sure,
            found_possible: sum.found_possible + counts.found_possible,
        })
    }
}

/// Links every word of the translation with the word of the source that it weighs most, the first of equals; NaN is
/// never the most.
///
/// # Shapes
/// - `weights`: (T, S), a row for each word, without the rows and columns of the end mark and of padding.
///
/// ```
/// use data::score::hard_alignment;
/// let weights = ndarray::array![[0.7, 0.2, 0.1], [0.1, 0.4, 0.5]];
/// assert_eq!(hard_alignment(weights.view()), [(0, 0), (2, 1)]);
/// ```
pub fn hard_alignment(weights: ArrayView2<'_, f64>) -> Vec<Link> {
    let largest = |row: ndarray::ArrayView1<'_, f64>| {
        let mut best = None;
        for (s, &weight) in row.iter().enumerate() {
            if !weight.is_nan() && best.is_none_or(|(_, most)| weight > most) {
                best = Some((s, weight));
            }
        }
        best
    };
    let links = weights.outer_iter().enumerate().filter_map(|(t, row)| largest(row).map(|(s, _)| (s, t)));
    links.collect()
}

/// The best that [`hard_alignment`] can come to on this gold: every word of the translation with a word that it belongs
/// to. A word that belongs to none has a wrong link, since it has to have one, and of several only the first is found;
/// so the error rate of these links is what no alignment with one link for each word is below.
///
/// ```
/// use data::score::{AlignmentCounts, best_single_links};
/// let gold = [(0, 0), (1, 0), (2, 2)]; // two words for the first, none for the second
/// let best = best_single_links(&gold, 3);
/// assert_eq!(best, [(0, 0), (0, 1), (2, 2)]);
/// assert_eq!(AlignmentCounts::new(&best, &gold, &[]).error_rate(), Some(1.0 - (2.0 + 2.0) / (3.0 + 3.0)));
/// ```
pub fn best_single_links(gold: &[Link], target: usize) -> Vec<Link> {
    (0..target).map(|t| gold.iter().copied().find(|link| link.1 == t).unwrap_or((0, t))).collect()
}

/// The weights of who knows nothing: 1/S for each word of the source. Their [`AlignmentCounts::expected`] is the rate
/// of chance.
///
/// # Shapes
/// - returns (T, S).
pub fn uniform(source: usize, target: usize) -> Array2<f64> {
    Array2::from_elem((target, source), 1.0 / source as f64)
}

/// The links of who knows only that translations run in the same order: the middle of each word of the translation lies
/// in the word of the source that it is linked to, when both sentences are drawn equally long.
///
/// ```
/// use data::score::diagonal;
/// assert_eq!(diagonal(3, 3), [(0, 0), (1, 1), (2, 2)]);
/// assert_eq!(diagonal(2, 4), [(0, 0), (0, 1), (1, 2), (1, 3)]);
/// assert_eq!(diagonal(5, 2), [(1, 0), (3, 1)]);
/// ```
///
/// # Panics
/// If there is a translation of a source without words.
#[track_caller]
pub fn diagonal(source: usize, target: usize) -> Vec<Link> {
    assert!(source > 0 || target == 0, "diagonal: {target} words have no word of the source to be linked to");
    (0..target).map(|t| ((2 * t + 1) * source / (2 * target), t)).collect()
}

/// How often two links cross: their words stand in one order in the source and in the other in the translation. A
/// sentence with such links is one with inverted word order.
///
/// ```
/// use data::score::crossings;
/// assert_eq!(crossings(&[(0, 0), (1, 2), (2, 1)]), 1);
/// assert_eq!(crossings(&[(0, 2), (1, 1), (2, 0)]), 3);
/// assert_eq!(crossings(&[(0, 0), (0, 1), (1, 1), (2, 1)]), 0); // several links of one word do not
/// ```
pub fn crossings(links: &[Link]) -> usize {
    let crossing = |a: &Link| links.iter().filter(|b| a.0 < b.0 && a.1 > b.1).count();
    links.iter().map(crossing).sum()
}
