//! The alignments beside which that of a translator belongs.

use super::{AlignmentCounts, Link, Model1, best_single_links, diagonal, uniform};
use crate::pairs::TokenPair;

/// Who aligns the words of a pair without a translator: three that know less, and one that knows all but may link each
/// word of the translation only once.
///
/// ```
/// use data::score::{Baseline, Model1};
///
/// let (the, red, house) = (1, 2, 3);
/// let (la, casa, roja) = (1, 2, 3);
/// let pairs = [(vec![the], vec![la]), (vec![red], vec![roja]), (vec![the, red, house], vec![la, casa, roja])];
/// let model1 = Model1::train(&pairs, Model1::ITERATIONS);
/// let gold = [(0, 0), (1, 2), (2, 1)];
/// let errors = Baseline::ALL.map(|who| who.counts(&model1, &pairs[2], &gold).error_rate().unwrap());
/// let thirds = errors.map(|error| (3.0 * error).round());
/// assert_eq!(thirds, [2.0, 2.0, 0.0, 0.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// Draws a word of the source for each, as if it knew nothing: the rate of chance.
    Uniform,
    /// Knows only that translations run in the same order.
    Diagonal,
    /// Knows which words translate each other, and nothing of their places.
    Model1,
    /// Is right as often as one link for each word can be.
    Best,
}

impl Baseline {
    /// All of them, the one that knows all last.
    pub const ALL: [Self; 4] = [Self::Uniform, Self::Diagonal, Self::Model1, Self::Best];

    /// As tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Diagonal => "diagonal",
            Self::Model1 => "IBM Model 1",
            Self::Best => "at best, one link a word",
        }
    }

    /// How well its links in a pair agree with gold; those to expect of the one that draws. `model1` is asked by
    /// [`Baseline::Model1`] alone.
    ///
    /// # Panics
    /// If there is a translation of a source without words.
    #[track_caller]
    pub fn counts(self, model1: &Model1, (source, target): &TokenPair, gold: &[Link]) -> AlignmentCounts {
        let links = match self {
            Self::Uniform => {
                return AlignmentCounts::expected(uniform(source.len(), target.len()).view(), gold, &[]);
            }
            Self::Diagonal => diagonal(source.len(), target.len()),
            Self::Model1 => model1.align(source, target),
            Self::Best => best_single_links(gold, target.len()),
        };
        AlignmentCounts::new(&links, gold, &[])
    }
}
