//! Where a translator looks before it says a word.

use std::collections::BTreeMap;

use data::score::{AlignmentCounts, Link, hard_alignment};
use grammar::pairs::{KnownPair, KnownPairs};
use ndarray::s;
use nn::{Translator, align};
use serde::{Deserialize, Serialize};
use tensor::Parameters;

/// Lengths of the sentences whose alignments are drawn.
pub const DRAWN: [usize; 3] = [6, 7, 8];

/// Where a translator looks, beside where it should.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aligned {
    pub all: AlignmentCounts,
    /// On those with inverted word order.
    pub inverted: AlignmentCounts,
    /// How often the word most looked at stands so many places to the right of the nearest that belongs to the word
    /// said, of all that belong to one.
    pub offsets: BTreeMap<isize, f64>,
    /// Where it looks in each of the sentences that are drawn: for every word said a weight of every word read.
    pub drawn: [Vec<Vec<f64>>; DRAWN.len()],
}

impl Aligned {
    pub fn measure<M: Translator>(model: &M, parameters: &Parameters, pairs: &KnownPairs) -> Option<Self> {
        let mut weights = Vec::new();
        for group in &pairs.held_out {
            let looked = align(model, parameters, &group.batch())?;
            weights.extend(looked.iter().map(|looked| looked.slice(s![..-1, ..]).mapv(f64::from))); // without the end
        }
        let counts = |wanted: fn(&KnownPair) -> bool| {
            let sentences = pairs.judged().zip(&weights).filter(|(known, _)| wanted(known));
            let counts = sentences
                .map(|(known, weights)| AlignmentCounts::new(&hard_alignment(weights.view()), &known.alignment, &[]));
            counts.sum()
        };
        let offsets = pairs.judged().zip(&weights).flat_map(|(known, weights)| {
            let links = hard_alignment(weights.view());
            links.into_iter().filter_map(|link| offset(link, &known.alignment)).collect::<Vec<_>>()
        });
        Some(Self {
            all: counts(|_| true),
            inverted: counts(KnownPair::inverted),
            offsets: parts(offsets),
            drawn: DRAWN.map(|length| {
                let looked = &weights[pairs.most_inverted(length).0]; // (T, S)
                looked.outer_iter().map(|row| row.to_vec()).collect()
            }),
        })
    }
}

/// How many places to the right of the nearest source word that belongs to its target word a link points; `None` if
/// none belongs to it.
fn offset((s, t): Link, gold: &[Link]) -> Option<isize> {
    let offsets = gold.iter().filter(|link| link.1 == t).map(|link| s as isize - link.0 as isize);
    offsets.min_by_key(|offset| offset.abs())
}

/// How often each value comes, of all.
fn parts(values: impl Iterator<Item = isize>) -> BTreeMap<isize, f64> {
    let (mut parts, mut all) = (BTreeMap::new(), 0.0);
    for value in values {
        *parts.entry(value).or_insert(0.0) += 1.0;
        all += 1.0;
    }
    parts.values_mut().for_each(|part| *part /= all);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_how_far_a_link_points_beside_the_word_by_hand() {
        let gold = [(1, 0), (4, 0), (2, 1)];
        let offsets = [(0, 0), (3, 0), (4, 0), (6, 1), (5, 2)].map(|link| offset(link, &gold));
        assert_eq!(offsets, [Some(-1), Some(-1), Some(0), Some(4), None]);
        let expected = [(-1, 0.5), (0, 0.25), (4, 0.25)];
        assert_eq!(parts(offsets.into_iter().flatten()), expected.into());
    }
}
