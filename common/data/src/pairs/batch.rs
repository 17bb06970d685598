//! Rows of sentence pairs, padded to the same length.

use ndarray::{Array2, s};

use crate::batches::{answers, ends};
use crate::{IGNORE, Token};

/// Fills a row behind its sentence. What a model makes of it must not matter.
pub const PAD: Token = 0;

/// What a decoder reads before the first token of the translation.
pub const START: Token = 1;

/// What a decoder says after the last.
pub const END: Token = 2;

/// The tokens around a translation, which are no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// What fills a row behind it.
    pub padding: Token,
    /// What a decoder reads before the first token.
    pub start: Token,
    /// What it says after the last.
    pub end: Token,
}

/// [`PAD`], [`START`] and [`END`].
impl Default for Ends {
    fn default() -> Self {
        Ends { padding: PAD, start: START, end: END }
    }
}

/// Sentences to translate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// (B, S); row b is a sentence up to `lengths[b]` and [`PAD`] behind it.
    pub tokens: Array2<Token>,
    /// Of every sentence, each from 1 to S.
    pub lengths: Vec<usize>,
}

impl Sources {
    /// The sentences, padded to the longest.
    ///
    /// # Panics
    /// If there is none, or one is empty.
    #[track_caller]
    pub fn new(sentences: &[&[Token]]) -> Self {
        let lengths: Vec<usize> = sentences.iter().map(|sentence| sentence.len()).collect();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        assert!(!lengths.is_empty() && !lengths.contains(&0), "sources of lengths {lengths:?}: none may be empty");
        let at = |(b, s): (usize, usize)| sentences[b].get(s).copied().unwrap_or(PAD);
        Self { tokens: Array2::from_shape_fn((lengths.len(), longest), at), lengths } // (B, S)
    }

    /// The lengths, if there is padding.
    pub fn ends(&self) -> Option<&[usize]> {
        let padded = self.lengths.iter().any(|&length| length < self.tokens.ncols());
        padded.then_some(&self.lengths)
    }

    /// Every sentence from its last token to its first; the padding stays behind it.
    ///
    /// ```
    /// use data::pairs::{PAD, Sources};
    /// let reversed = Sources::new(&[&[5, 6, 7], &[4]]).reversed();
    /// assert_eq!(reversed.tokens, ndarray::array![[7, 6, 5], [4, PAD, PAD]]);
    /// ```
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut reversed = self.clone();
        for ((mut to, from), &length) in
            reversed.tokens.outer_iter_mut().zip(self.tokens.outer_iter()).zip(&self.lengths)
        {
            to.slice_mut(s![..length]).assign(&from.slice(s![..length; -1]));
        }
        reversed
    }
}

/// Sentences with their translations, as teacher forcing needs them: the decoder reads the translation up to t and is
/// asked for its token t.
///
/// ```
/// use data::{IGNORE, pairs::{END, PAD, PairBatch, START}};
/// use ndarray::array;
///
/// let batch = PairBatch::new(&[(&[5, 6], &[7, 8, 9]), (&[4], &[3])]);
/// assert_eq!(batch.sources.tokens, array![[5, 6], [4, PAD]]);
/// assert_eq!(batch.sources.lengths, [2, 1]);
/// assert_eq!(batch.inputs, array![[START, 7, 8, 9], [START, 3, PAD, PAD]]);
/// assert_eq!(batch.targets, array![[7, 8, 9, END], [3, END, IGNORE, IGNORE]]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairBatch {
    /// What is translated, (B, S).
    pub sources: Sources,
    /// What the decoder reads, (B, T): [`START`], or another [start](Ends), then the translation.
    pub inputs: Array2<Token>,
    /// What it should say, (B, T): the translation, then [`END`], or another, then [`IGNORE`].
    pub targets: Array2<Token>,
}

impl PairBatch {
    /// Pairs of a source and its translation.
    ///
    /// # Panics
    /// If there is none, or a source is empty.
    #[track_caller]
    pub fn new(pairs: &[(&[Token], &[Token])]) -> Self {
        Self::between(Ends::default(), pairs)
    }

    /// The same with other tokens around the translations.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    #[track_caller]
    pub fn between(Ends { padding, start, end }: Ends, pairs: &[(&[Token], &[Token])]) -> Self {
        let sources: Vec<&[Token]> = pairs.iter().map(|(source, _)| *source).collect();
        let steps = pairs.iter().map(|(_, target)| target.len() + 1).max().unwrap_or(0);
        let input = |(b, t): (usize, usize)| match t {
            0 => start,
            _ => pairs[b].1.get(t - 1).copied().unwrap_or(padding),
        };
        let target = |(b, t): (usize, usize)| match pairs[b].1.len() {
            length if t < length => pairs[b].1[t],
            length if t == length => end,
            _ => IGNORE,
        };
        let shape = (pairs.len(), steps);
        Self {
            sources: Sources::new(&sources),
            inputs: Array2::from_shape_fn(shape, input),   // (B, T)
            targets: Array2::from_shape_fn(shape, target), // (B, T)
        }
    }

    /// How many tokens the decoder should say, END among them.
    pub fn answers(&self) -> usize {
        answers(&self.targets)
    }

    /// How many positions of every translation come before its end, that of END among them, if there is padding.
    pub fn ends(&self) -> Option<Vec<usize>> {
        ends(&self.targets)
    }
}
