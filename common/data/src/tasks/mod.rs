//! Generated tasks: small questions with known answers, as many as one wants.
//!
//! A task isolates one ability that text mixes with all others: to remember ([`Recall`], [`Adding`]), to look up
//! ([`Lookup`], and [`AssociativeRecall`] in a text), to tell orders apart ([`MarkedSymbols`]), to look back at a place or
//! to reorder ([`Rewrite`]: copy, reverse, sort), to predict as well as chance allows ([`MarkovChain`],
//! [`SeasonalSeries`]). Each batch is a function of (seed, step), so there is no training set to exhaust, and another
//! seed gives examples for evaluation.

mod adding;
mod associative;
mod lookup;
mod markov;
mod order;
mod recall;
mod relations;
mod rewrite;
mod series;

use ndarray::Array2;
use ndarray_rand::rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::{TextBatch, Token};

pub use adding::{Adding, AddingBatch};
pub use associative::AssociativeRecall;
pub use lookup::{Lookup, LookupBatch};
pub use markov::MarkovChain;
pub use order::{MarkedSymbols, Question};
pub use recall::Recall;
pub use relations::{Relations, RelationsBatch};
pub use rewrite::{Rewrite, Rule};
pub use series::{SeasonalSeries, SeriesBatch, seasonal_naive};

/// A task on tokens. Any model of text can be trained on it, for its batches are text batches.
pub trait TokenTask {
    /// The number of different tokens, V.
    fn vocabulary_size(&self) -> usize;

    /// The number of tokens in a row, T.
    fn length(&self) -> usize;

    /// `rows` examples (B), each drawn independently; targets are [`IGNORE`](crate::IGNORE) where nothing is asked.
    ///
    /// # Shapes
    /// - inputs: (B, T)
    /// - targets: (B, T)
    fn batch(&self, rows: usize, seed: u64, step: u64) -> TextBatch;
}

/// A batch whose rows `example` writes one after another, drawing from one stream.
fn batch_of(
    rows: usize,
    length: usize,
    mut rng: ChaCha8Rng,
    mut example: impl FnMut(&mut ChaCha8Rng, &mut [Token], &mut [Token]),
) -> TextBatch {
    let mut inputs = Array2::zeros((rows, length)); // (B, T)
    let mut targets = Array2::from_elem((rows, length), crate::IGNORE); // (B, T)
    for (mut input, mut target) in inputs.rows_mut().into_iter().zip(targets.rows_mut()) {
        let input = input.as_slice_mut().expect("rows of a new array are contiguous");
        let target = target.as_slice_mut().expect("rows of a new array are contiguous");
        example(&mut rng, input, target);
    }
    TextBatch { inputs, targets }
}

/// A token in `first..first + count`, each equally likely.
fn draw(rng: &mut ChaCha8Rng, first: usize, count: usize) -> Token {
    rng.random_range(first as Token..(first + count) as Token)
}
