//! IBM's first model of translation: which words translate each other, learned from sentences alone.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::Array2;

use super::Link;
use crate::Token;
use crate::pairs::TokenPair;

/// IBM Model 1 (Brown et al. 1993, section 4.1), the oldest aligner still worth beating.
///
/// Every word y_t of a translation is taken to come from one word of the source, or from the empty word x_0 that every
/// source has, each equally likely wherever it stands:
///
/// ```text
/// P(y | x) ∝ Π_t Σ_{s=0..S} p(y_t | x_s)
/// ```
///
/// Expectation-maximisation finds p: each y_t is shared among its possible origins in proportion to p, and the shares
/// become the next p. The likelihood never falls, and it has no maxima but the highest, so a start that favours no word
/// is as good as any. All sums are taken in a fixed order, so equal pairs give equal bits.
///
/// ```
/// use data::score::Model1;
///
/// let (house, the, book) = (1, 2, 3);
/// let (casa, la, el, libro) = (11, 12, 13, 14);
/// let pairs = [(vec![the, house], vec![la, casa]), (vec![the, book], vec![el, libro]), (vec![book], vec![libro])];
/// let model = Model1::train(&pairs, 10);
/// assert_eq!(model.align(&[house], &[casa]), [(0, 0)]);
/// assert_eq!(model.align(&[the, book], &[libro]), [(1, 0)]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Model1 {
    /// p(y | x) of all words that ever stood in the same pair: row 0 is of the empty word, row 1 + x of the word x.
    probabilities: Vec<BTreeMap<Token, f64>>,
}

impl Model1 {
    /// How many rounds are usual (Och and Ney 2003).
    pub const ITERATIONS: usize = 5;

    /// Learns from pairs of a source and its translation, starting from every word being as likely as any other.
    pub fn train(pairs: &[TokenPair], iterations: usize) -> Self {
        let words: BTreeSet<Token> = pairs.iter().flat_map(|(_, target)| target.iter().copied()).collect();
        let rows = pairs.iter().flat_map(|(source, _)| source).map(|&x| row(x) + 1).max().unwrap_or(1);
        let mut probabilities = vec![BTreeMap::new(); rows];
        for (source, target) in pairs {
            for origin in origins(source) {
                probabilities[origin].extend(target.iter().map(|&y| (y, 1.0 / words.len() as f64)));
            }
        }
        let mut model = Self { probabilities };
        for _ in 0..iterations {
            model = model.improved(pairs);
        }
        model
    }

    /// One round of expectation and maximisation.
    fn improved(&self, pairs: &[TokenPair]) -> Self {
        let mut counts = vec![BTreeMap::<Token, f64>::new(); self.probabilities.len()];
        for (source, target) in pairs {
            for &y in target {
                for (origin, share) in origins(source).zip(self.shares(source, y)) {
                    *counts[origin].entry(y).or_default() += share;
                }
            }
        }
        for row in &mut counts {
            let sum: f64 = row.values().sum();
            row.values_mut().for_each(|count| *count /= sum);
        }
        Self { probabilities: counts }
    }

    /// p(y | x), and with `None` for x the probability that y comes from the empty word. 0 of words that never stood in
    /// the same pair.
    pub fn probability(&self, source: Option<Token>, target: Token) -> f64 {
        self.of_origin(source.map_or(0, row), target)
    }

    /// How likely each word of the translation comes from each word of the source. What a row lacks to one is the share
    /// of the empty word; a word that was never seen beside any of these has a row of zeros.
    ///
    /// # Shapes
    /// - returns (T, S).
    pub fn weights(&self, source: &[Token], target: &[Token]) -> Array2<f64> {
        let mut weights = Array2::zeros((target.len(), source.len())); // (T, S)
        for (mut row, &y) in weights.outer_iter_mut().zip(target) {
            for (weight, share) in row.iter_mut().zip(self.shares(source, y).skip(1)) {
                *weight = share;
            }
        }
        weights
    }

    /// Links every word of the translation with its likeliest origin, the first of equals and the empty word last.
    /// It has no link if that is the empty word, or if it was never seen beside any of these words.
    pub fn align(&self, source: &[Token], target: &[Token]) -> Vec<Link> {
        let link = |(t, &y): (usize, &Token)| {
            let of_word = |(s, &x): (usize, &Token)| (Some(s), self.probability(Some(x), y));
            let of_nothing = (None, self.probability(None, y));
            let mut best = (None, 0.0);
            for candidate in source.iter().enumerate().map(of_word).chain([of_nothing]) {
                if candidate.1 > best.1 {
                    best = candidate;
                }
            }
            best.0.map(|s| (s, t))
        };
        target.iter().enumerate().filter_map(link).collect()
    }

    /// The part of each origin, the empty word first, in a word of the translation.
    fn shares<'a>(&'a self, source: &'a [Token], target: Token) -> impl Iterator<Item = f64> + 'a {
        let sum: f64 = origins(source).map(|origin| self.of_origin(origin, target)).sum();
        let share = move |origin| if sum > 0.0 { self.of_origin(origin, target) / sum } else { 0.0 };
        origins(source).map(share)
    }

    fn of_origin(&self, origin: usize, target: Token) -> f64 {
        self.probabilities.get(origin).and_then(|row| row.get(&target)).copied().unwrap_or(0.0)
    }
}

/// The rows of the empty word and of the words of a source.
fn origins(source: &[Token]) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(source.iter().map(|&x| row(x)))
}

fn row(word: Token) -> usize {
    word as usize + 1
}
