//! Pieces of a text with hidden words: at random to learn from, and all of them once to judge by.

use ndarray::{Array2, ArrayView2, Axis, concatenate};

use super::{Marks, MaskedBatch};
use crate::pairs::Sources;
use crate::{RandomBatches, TextError, TextSplit, Token, Windows};

/// Pieces drawn from anywhere in a text, each between its [`Marks`]. Words are hidden anew in every batch, so that a piece
/// that comes back asks for others (*dynamic masking*, Liu et al. 2019, section 4.1; the paper of BERT hid them once, in ten
/// copies of its text).
#[derive(Debug, Clone)]
pub struct MaskedBatches {
    pieces: RandomBatches,
    marks: Marks,
    seed: u64,
}

impl MaskedBatches {
    /// Batches of `batch` rows (B) of `context` tokens (S), two of which are marks.
    ///
    /// # Errors
    /// [`TextError::TooShort`] if the split has fewer than S - 1 tokens.
    ///
    /// # Panics
    /// If `batch` is 0, or `context` has no place for a word.
    #[track_caller]
    pub fn new(split: &TextSplit, batch: usize, context: usize, marks: Marks, seed: u64) -> Result<Self, TextError> {
        let pieces = RandomBatches::new(split, batch, between(context), seed)?;
        Ok(Self { pieces, marks, seed })
    }

    /// The batch of one step.
    pub fn at(&self, step: u64) -> MaskedBatch {
        let pieces = self.pieces.at(step).inputs;
        self.marks.hiding().hide(framed(&self.marks, pieces.view()), self.seed, step)
    }
}

/// A text once, in consecutive pieces, each between its [`Marks`] and with words hidden by a seed and by its place alone: the
/// same question for everyone who asks with the same S.
#[derive(Debug, Clone)]
pub struct MaskedWindows {
    windows: Windows,
    marks: Marks,
    seed: u64,
}

impl MaskedWindows {
    /// Pieces of `context` tokens (S), two of which are marks.
    ///
    /// # Errors
    /// [`TextError::TooShort`] if the split has fewer than S - 1 tokens.
    ///
    /// # Panics
    /// If `context` has no place for a word.
    #[track_caller]
    pub fn new(split: &TextSplit, context: usize, marks: Marks, seed: u64) -> Result<Self, TextError> {
        Ok(Self { windows: Windows::new(split, between(context))?, marks, seed })
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
    pub fn batches(&self, batch: usize) -> impl Iterator<Item = MaskedBatch> {
        self.windows.batches(batch).zip((0..).step_by(batch)).map(|(pieces, first)| {
            let piece = |(piece, place)| {
                let row: ArrayView2<'_, Token> = piece;
                self.marks.hiding().hide(framed(&self.marks, row), self.seed, place)
            };
            let rows: Vec<MaskedBatch> = pieces.inputs.axis_chunks_iter(Axis(0), 1).zip(first..).map(piece).collect();
            let stacked = |of: fn(&MaskedBatch) -> ArrayView2<'_, Token>| {
                concatenate(Axis(0), &rows.iter().map(of).collect::<Vec<_>>()).expect("pieces are of one length")
            };
            MaskedBatch {
                sentences: Sources {
                    tokens: stacked(|row| row.sentences.tokens.view()),
                    lengths: rows.iter().flat_map(|row| row.sentences.lengths.clone()).collect(),
                },
                targets: stacked(|row| row.targets.view()),
            }
        })
    }
}

/// How many tokens of a row are text.
#[track_caller]
fn between(context: usize) -> usize {
    assert!(context > Marks::AROUND, "a context of {context} has no place for a word between its marks");
    context - Marks::AROUND
}

/// Rows of equal length, (B, T), between their marks, (B, T + 2).
fn framed(marks: &Marks, rows: ArrayView2<'_, Token>) -> Sources {
    let (b, t) = rows.dim();
    let mark = |token| Array2::from_elem((b, 1), token);
    let (first, last) = (mark(marks.first), mark(marks.last));
    let tokens = concatenate(Axis(1), &[first.view(), rows, last.view()]).expect("rows of one number");
    Sources { tokens, lengths: vec![t + Marks::AROUND; b] }
}
