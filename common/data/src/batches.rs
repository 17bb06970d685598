//! Batches of text: at random, in order, or going over a text once.
//!
//! A batch is a function of (tokens, seed, step) and of nothing that came before it. A resumed run needs no iterator
//! state, only its step number.

use std::sync::Arc;

use ndarray::{Array2, ArrayView1};
use ndarray_rand::rand::Rng;

use crate::random::stream;
use crate::{TextError, TextSplit, Token};

/// The target of a position where no answer is asked: it adds nothing to the loss.
pub const IGNORE: Token = Token::MAX;

/// Rows of tokens, and for each position the token that is the right answer there.
///
/// Of text, the answer is the next token: `targets[[b, t]]` follows `inputs[[b, t]]`. Generated tasks ask only at some
/// positions and set [`IGNORE`] at the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextBatch {
    /// What the model reads, (B, T).
    pub inputs: Array2<Token>,
    /// What it should answer, (B, T).
    pub targets: Array2<Token>,
}

impl TextBatch {
    /// The rows that begin at `starts` in `tokens`, `context` tokens each.
    fn at(tokens: &[Token], starts: &[usize], context: usize) -> Self {
        let shape = (starts.len(), context);
        Self {
            inputs: Array2::from_shape_fn(shape, |(b, t)| tokens[starts[b] + t]), // (B, T)
            targets: Array2::from_shape_fn(shape, |(b, t)| tokens[starts[b] + t + 1]), // (B, T)
        }
    }

    /// How many positions ask for an answer.
    pub fn answers(&self) -> usize {
        answers(&self.targets)
    }

    /// How many positions of every row come before its last answer, that of the answer among them, if some stand behind
    /// it: they have no part in what a model that reads forwards learns.
    pub fn ends(&self) -> Option<Vec<usize>> {
        ends(&self.targets)
    }
}

/// How many positions of every row come before its last answer, that of the answer among them; none if all rows are
/// asked at their end.
pub(crate) fn ends(targets: &Array2<Token>) -> Option<Vec<usize>> {
    let end = |row: ArrayView1<'_, Token>| row.iter().rposition(|&target| target != IGNORE).map_or(0, |last| last + 1);
    let ends: Vec<usize> = targets.outer_iter().map(end).collect();
    ends.iter().any(|&end| end < targets.ncols()).then_some(ends)
}

/// How many targets are not [`IGNORE`].
pub(crate) fn answers(targets: &Array2<Token>) -> usize {
    targets.iter().filter(|&&target| target != IGNORE).count()
}

/// The mean loss, in nats, over all answers that batches ask for, of who gives `probability(history, answer)`. A history
/// begins with its row and ends where it is asked for what follows; it has at least one token.
pub fn mean_loss<'b>(
    batches: impl IntoIterator<Item = &'b TextBatch>,
    mut probability: impl FnMut(&[Token], Token) -> f64,
) -> f64 {
    let (mut nats, mut asked) = (0.0, 0_u32);
    for TextBatch { inputs, targets } in batches {
        for (input, target) in inputs.outer_iter().zip(targets.outer_iter()) {
            let input = input.to_vec();
            for (t, &answer) in target.iter().enumerate().filter(|(_, answer)| **answer != IGNORE) {
                nats -= probability(&input[..=t], answer).ln();
                asked += 1;
            }
        }
    }
    nats / f64::from(asked)
}

/// Rows drawn from anywhere in a text, every start equally likely.
///
/// ```
/// use data::{RandomBatches, TextSplit};
///
/// let split = TextSplit::from_tokens("count", (0..100).collect::<Vec<_>>());
/// let batches = RandomBatches::new(&split, 2, 3, 1)?;
/// let batch = batches.at(7);
/// assert_eq!(batch.inputs, ndarray::array![[2, 3, 4], [39, 40, 41]]);
/// assert_eq!(batch.targets, ndarray::array![[3, 4, 5], [40, 41, 42]]);
/// assert_eq!(batches.at(7), batch);
/// # Ok::<(), data::TextError>(())
/// ```
#[derive(Debug, Clone)]
pub struct RandomBatches {
    tokens: Arc<[Token]>,
    batch: usize,
    context: usize,
    seed: u64,
}

impl RandomBatches {
    /// Batches of `batch` rows (B) of `context` tokens (T).
    ///
    /// # Errors
    /// [`TextError::TooShort`] if the split has fewer than T + 1 tokens.
    ///
    /// # Panics
    /// If `batch` or `context` is 0.
    #[track_caller]
    pub fn new(split: &TextSplit, batch: usize, context: usize, seed: u64) -> Result<Self, TextError> {
        assert_not_empty(batch, context);
        Ok(Self { tokens: split.with_room_for(1, context)?, batch, context, seed })
    }

    /// The batch of one step.
    pub fn at(&self, step: u64) -> TextBatch {
        let mut rng = stream(self.seed, step, "random batch");
        // Drawn as u64, so that a 32-bit machine draws the same.
        let ends = (self.tokens.len() - self.context) as u64;
        let starts: Vec<usize> = (0..self.batch).map(|_| rng.random_range(0..ends) as usize).collect();
        TextBatch::at(&self.tokens, &starts, self.context)
    }
}

/// Rows that read on where they stopped, for truncated backpropagation through time with a carried state.
///
/// The text is cut into B streams of equal length, and row b of every batch reads stream b, T tokens at a step. When
/// the streams are read through, the next step starts anew at their beginnings: there the carried state must be reset.
/// What remains behind the last whole batch is not read.
///
/// ```
/// use data::{SequentialBatches, TextSplit};
///
/// let split = TextSplit::from_tokens("count", (0..14).collect::<Vec<_>>());
/// let batches = SequentialBatches::new(&split, 2, 3)?;
/// assert_eq!(batches.at(0).inputs, ndarray::array![[0, 1, 2], [6, 7, 8]]);
/// assert_eq!(batches.at(1).inputs, ndarray::array![[3, 4, 5], [9, 10, 11]]);
/// assert_eq!(batches.at(2), batches.at(0));
/// assert_eq!([0, 1, 2].map(|step| batches.starts_anew(step)), [true, false, true]);
/// # Ok::<(), data::TextError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SequentialBatches {
    tokens: Arc<[Token]>,
    batch: usize,
    context: usize,
}

impl SequentialBatches {
    /// Batches of `batch` streams (B), `context` tokens (T) a step.
    ///
    /// # Errors
    /// [`TextError::TooShort`] or [`TextError::TooShortForRows`] if the split has fewer than B T + 1 tokens.
    ///
    /// # Panics
    /// If `batch` or `context` is 0.
    #[track_caller]
    pub fn new(split: &TextSplit, batch: usize, context: usize) -> Result<Self, TextError> {
        assert_not_empty(batch, context);
        Ok(Self { tokens: split.with_room_for(batch, context)?, batch, context })
    }

    /// The batch of one step.
    pub fn at(&self, step: u64) -> TextBatch {
        let within = (step % self.steps_per_pass()) as usize * self.context;
        let starts: Vec<usize> = (0..self.batch).map(|b| b * self.stream_length() + within).collect();
        TextBatch::at(&self.tokens, &starts, self.context)
    }

    /// Whether the rows of this step begin their streams, so that no state may be carried into it. True of step 0.
    pub fn starts_anew(&self, step: u64) -> bool {
        step.is_multiple_of(self.steps_per_pass())
    }

    /// The number of steps that read the text once.
    pub fn steps_per_pass(&self) -> u64 {
        (self.stream_length() / self.context) as u64
    }

    fn stream_length(&self) -> usize {
        (self.tokens.len() - 1) / self.batch
    }
}

/// A text once, in consecutive whole windows: the same measure for everyone who evaluates with the same T.
///
/// A text of n tokens has floor((n - 1) / T) windows. Its first token is not asked for, nor are the (n - 1) mod T at its end,
/// which fill no window.
///
/// ```
/// use data::{TextSplit, Windows};
///
/// let split = TextSplit::from_tokens("count", (0..12).collect::<Vec<_>>());
/// let windows = Windows::new(&split, 3)?;
/// assert_eq!(windows.len(), 3);
/// let inputs: Vec<_> = windows.batches(2).map(|batch| batch.inputs).collect();
/// assert_eq!(inputs, [ndarray::array![[0, 1, 2], [3, 4, 5]], ndarray::array![[6, 7, 8]]]);
/// # Ok::<(), data::TextError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Windows {
    tokens: Arc<[Token]>,
    context: usize,
}

impl Windows {
    /// Windows of `context` tokens (T).
    ///
    /// # Errors
    /// [`TextError::TooShort`] if the split has fewer than T + 1 tokens.
    ///
    /// # Panics
    /// If `context` is 0.
    #[track_caller]
    pub fn new(split: &TextSplit, context: usize) -> Result<Self, TextError> {
        assert_not_empty(1, context);
        Ok(Self { tokens: split.with_room_for(1, context)?, context })
    }

    /// The number of windows, at least one.
    #[expect(clippy::len_without_is_empty, reason = "there is always a window")]
    pub fn len(&self) -> usize {
        (self.tokens.len() - 1) / self.context
    }

    /// All windows in order, at most `batch` at a time; the last batch may have fewer rows.
    ///
    /// # Panics
    /// If `batch` is 0.
    #[track_caller]
    pub fn batches(&self, batch: usize) -> impl Iterator<Item = TextBatch> {
        assert_not_empty(batch, self.context);
        (0..self.len()).step_by(batch).map(move |first| {
            let last = self.len().min(first + batch);
            let starts: Vec<usize> = (first..last).map(|window| window * self.context).collect();
            TextBatch::at(&self.tokens, &starts, self.context)
        })
    }
}

#[track_caller]
fn assert_not_empty(batch: usize, context: usize) {
    assert!(batch > 0 && context > 0, "a batch of {batch} rows of {context} tokens is empty");
}
