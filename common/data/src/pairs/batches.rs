//! Batches of sentence pairs: of equal lengths at random, or all in order.

use std::ops::Range;
use std::sync::Arc;

use ndarray_rand::rand::seq::SliceRandom;

use super::{Ends, PairBatch};
use crate::Token;
use crate::random::stream;

/// A sentence and its translation as tokens.
pub type TokenPair = (Vec<Token>, Vec<Token>);

/// Rows of similar length, so that little of a batch is padding.
///
/// The pairs are sorted by the length of the source, then of the target, in every epoch anew among pairs of the same
/// lengths; each run of B of them is a batch; and the batches come in random order. So an epoch has every pair once,
/// and one batch of it, that with the longest sources, may have fewer rows.
///
/// The price is that a batch has one length: gradients are noisier than those of rows drawn from all lengths.
///
/// ```
/// use data::pairs::PairBatches;
///
/// let pairs = vec![(vec![4, 4, 4], vec![5]), (vec![6], vec![7]), (vec![8, 8, 8], vec![9]), (vec![3], vec![4])];
/// let batches = PairBatches::new(pairs, 2, 1);
/// let lengths = [0, 1].map(|step| batches.at(step).sources.lengths);
/// assert_eq!(lengths, [[1, 1], [3, 3]]);
/// assert_eq!(batches.at(0), batches.at(0));
/// assert_eq!(batches.largest(), [3, 1]);
/// ```
#[derive(Debug, Clone)]
pub struct PairBatches {
    /// Sorted by the lengths of source and target.
    pairs: Arc<[TokenPair]>,
    /// The runs of pairs that have the same lengths.
    alike: Vec<Range<usize>>,
    rows: usize,
    seed: u64,
    ends: Ends,
}

impl PairBatches {
    /// Batches of `rows` pairs (B).
    ///
    /// # Panics
    /// If there is no pair, a source is empty, or `rows` is 0.
    #[track_caller]
    pub fn new(mut pairs: Vec<TokenPair>, rows: usize, seed: u64) -> Self {
        assert!(rows > 0 && !pairs.is_empty(), "batches of {rows} rows of {} pairs are empty", pairs.len());
        let empty = pairs.iter().position(|(source, _)| source.is_empty());
        assert!(empty.is_none(), "the pair {} of {} has an empty source", empty.unwrap_or(0), pairs.len());
        pairs.sort_by_key(lengths);
        let mut alike = Vec::new();
        for run in pairs.chunk_by(|a, b| lengths(a) == lengths(b)) {
            let start = alike.last().map_or(0, |before: &Range<usize>| before.end);
            alike.push(start..start + run.len());
        }
        Self { pairs: pairs.into(), alike, rows, seed, ends: Ends::default() }
    }

    /// The same with other tokens around the translations.
    #[must_use]
    pub fn between(self, ends: Ends) -> Self {
        Self { ends, ..self }
    }

    /// The batch of one step.
    pub fn at(&self, step: u64) -> PairBatch {
        let (epoch, within) = (step / self.steps_per_epoch(), step % self.steps_per_epoch());
        let mut order: Vec<usize> = (0..self.steps_per_epoch() as usize).collect();
        order.shuffle(&mut stream(self.seed, epoch, "pair batches"));
        let first = order[within as usize] * self.rows;
        let last = self.pairs.len().min(first + self.rows);

        // Only the runs that this batch has a part of are shuffled, each by a stream of its own.
        let mut chosen = Vec::with_capacity(last - first);
        for run in self.alike.iter().filter(|run| run.start < last && first < run.end) {
            let mut pairs: Vec<usize> = run.clone().collect();
            pairs.shuffle(&mut stream(self.seed, epoch, &format!("pairs from {}", run.start)));
            let part = first.max(run.start) - run.start..last.min(run.end) - run.start;
            chosen.extend(pairs[part].iter().map(|&pair| &self.pairs[pair]));
        }
        batch_of(self.ends, &chosen)
    }

    /// The lengths of the longest source and the longest target of the batch that has the most tokens, padding included;
    /// it is the same in every epoch.
    pub fn largest(&self) -> [usize; 2] {
        let longest = |pairs: &[TokenPair]| {
            pairs.iter().map(lengths).fold([0, 0], |[x, y], (source, target)| [x.max(source), y.max(target)])
        };
        let sizes = self.pairs.chunks(self.rows).map(|pairs| (pairs.len(), longest(pairs)));
        sizes.max_by_key(|(rows, [source, target])| rows * (source + target)).map_or([0, 0], |(_, longest)| longest)
    }

    /// The number of steps that show every pair once.
    pub fn steps_per_epoch(&self) -> u64 {
        self.pairs.len().div_ceil(self.rows) as u64
    }
}

fn lengths((source, target): &TokenPair) -> (usize, usize) {
    (source.len(), target.len())
}

/// All pairs once, as they come, at most `rows` at a time; the last batch may have fewer.
///
/// ```
/// use data::pairs::in_order;
///
/// let pairs = [(vec![4, 4], vec![5]), (vec![6], vec![7]), (vec![8], vec![9])];
/// let sources: Vec<_> = in_order(&pairs, 2).map(|batch| batch.sources.tokens).collect();
/// assert_eq!(sources, [ndarray::array![[4, 4], [6, 0]], ndarray::array![[8]]]);
/// ```
///
/// # Panics
/// If `rows` is 0; while going over them, if a source is empty.
#[track_caller]
pub fn in_order(pairs: &[TokenPair], rows: usize) -> impl Iterator<Item = PairBatch> {
    in_order_between(Ends::default(), pairs, rows)
}

/// [`in_order`] with other tokens around the translations.
///
/// # Panics
/// As it.
#[track_caller]
pub fn in_order_between(ends: Ends, pairs: &[TokenPair], rows: usize) -> impl Iterator<Item = PairBatch> {
    assert!(rows > 0, "batches of 0 rows of {} pairs are empty", pairs.len());
    pairs.chunks(rows).map(move |pairs| batch_of(ends, &pairs.iter().collect::<Vec<_>>()))
}

fn batch_of(ends: Ends, pairs: &[&TokenPair]) -> PairBatch {
    let pairs: Vec<(&[Token], &[Token])> = pairs.iter().map(|(source, target)| (&source[..], &target[..])).collect();
    PairBatch::between(ends, &pairs)
}
