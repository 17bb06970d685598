//! Pieces of a text with gaps: at random to learn from, and all of them once to judge by.

use data::pairs::{Ends, PairBatch};
use data::{RandomBatches, TextError, TextSplit, Token, Windows};
use ndarray::ArrayView2;
use nn::Batches;

use crate::SpanCorruption;

/// Pieces drawn from anywhere in a text, each with gaps of its own ([`SpanCorruption`]). As in T5's program the source has the
/// token of the end behind it, too.
#[derive(Clone, Debug)]
pub struct SpanBatches {
    pieces: RandomBatches,
    gaps: Gaps,
}

impl SpanBatches {
    /// Batches of `batch` pieces (B) of `context` tokens.
    ///
    /// # Errors
    /// [`TextError::TooShort`] if the split has fewer than `context` + 1 tokens.
    ///
    /// # Panics
    /// If `batch` is 0.
    #[track_caller]
    pub fn new(
        split: &TextSplit,
        batch: usize,
        context: usize,
        corruption: SpanCorruption,
        ends: Ends,
        seed: u64,
    ) -> Result<Self, TextError> {
        let pieces = RandomBatches::new(split, batch, context, seed)?;
        Ok(SpanBatches { pieces, gaps: Gaps { corruption, ends, seed } })
    }
}

impl Batches for SpanBatches {
    type Batch = PairBatch;

    fn at(&self, index: u64) -> PairBatch {
        let pieces = self.pieces.at(index).inputs;
        self.gaps.exercises(pieces.view(), index * pieces.nrows() as u64)
    }
}

/// A text once, in consecutive pieces whose gaps depend on a seed and on their place alone: the same exercises for everyone who
/// asks with pieces of the same length.
#[derive(Clone, Debug)]
pub struct SpanWindows {
    windows: Windows,
    gaps: Gaps,
}

impl SpanWindows {
    /// Pieces of `context` tokens.
    ///
    /// # Errors
    /// [`TextError::TooShort`] if the split has fewer than `context` + 1 tokens.
    pub fn new(
        split: &TextSplit,
        context: usize,
        corruption: SpanCorruption,
        ends: Ends,
        seed: u64,
    ) -> Result<Self, TextError> {
        Ok(SpanWindows { windows: Windows::new(split, context)?, gaps: Gaps { corruption, ends, seed } })
    }

    /// The number of pieces, at least one.
    #[expect(clippy::len_without_is_empty, reason = "there is always a window")]
    pub fn len(&self) -> usize {
        self.windows.len()
    }

    /// All pieces in order, at most `batch` at a time; the last batch may have fewer rows.
    ///
    /// # Panics
    /// If `batch` is 0.
    #[track_caller]
    pub fn batches(&self, batch: usize) -> impl Iterator<Item = PairBatch> {
        let pieces = self.windows.batches(batch).zip((0..).step_by(batch));
        pieces.map(|(pieces, first)| self.gaps.exercises(pieces.inputs.view(), first))
    }
}

#[derive(Clone, Debug)]
struct Gaps {
    corruption: SpanCorruption,
    ends: Ends,
    seed: u64,
}

impl Gaps {
    /// What is asked of pieces, (B, T), the first of which has this number.
    fn exercises(&self, pieces: ArrayView2<'_, Token>, first: u64) -> PairBatch {
        let exercise = |(piece, number): (ndarray::ArrayView1<'_, Token>, u64)| {
            let (mut source, target) = self.corruption.corrupt(&piece.to_vec(), self.seed, number);
            source.push(self.ends.end);
            (source, target)
        };
        let pairs: Vec<_> = pieces.outer_iter().zip(first..).map(exercise).collect();
        let views: Vec<(&[Token], &[Token])> =
            pairs.iter().map(|(source, target)| (&source[..], &target[..])).collect();
        PairBatch::between(self.ends, &views)
    }
}
