//! Copying, reversing and sorting: read some symbols, then write them again.

use super::{TokenTask, batch_of, draw};
use crate::random::stream;
use crate::{TextBatch, Token};

/// Write the n symbols that were read, in the order that a [`Rule`] says.
///
/// A row is a text `x_1 .. x_n | y_1 .. y_n` of which the model predicts every token after the mark `|`, seeing the
/// right answers up to there, as in language modelling: T = 2n. The symbols are the tokens `0..symbols`, the mark is
/// the token `symbols`. The best possible loss is 0. The three rules ask about the same rows x.
///
/// ```
/// use data::IGNORE;
/// use data::tasks::{Rewrite, Rule, TokenTask};
///
/// let batch = Rewrite { rule: Rule::Sort, symbols: 5, count: 3 }.batch(1, 1, 0);
/// assert_eq!(batch.inputs, ndarray::array![[1, 4, 3, 5, 1, 3]]);
/// assert_eq!(batch.targets, ndarray::array![[IGNORE, IGNORE, IGNORE, 1, 3, 4]]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// How to write them.
    pub rule: Rule,
    /// The number of different symbols, K, at least 1.
    pub symbols: usize,
    /// The number of symbols in a row, n, at least 1.
    pub count: usize,
}

/// An order in which to write some symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// As they were read: the answer is always n tokens back.
    Copy,
    /// The last one first: the answer is between 1 and 2n - 1 tokens back.
    Reverse,
    /// The smallest first: the answer depends on all of them.
    Sort,
}

impl TokenTask for Rewrite {
    fn vocabulary_size(&self) -> usize {
        self.symbols + 1
    }

    fn length(&self) -> usize {
        2 * self.count
    }

    fn batch(&self, rows: usize, seed: u64, step: u64) -> TextBatch {
        let n = self.count;
        batch_of(rows, self.length(), stream(seed, step, "rewrite task"), |rng, input, target| {
            let mut symbols: Vec<Token> = (0..n).map(|_| draw(rng, 0, self.symbols)).collect();
            input[..n].copy_from_slice(&symbols);
            match self.rule {
                Rule::Copy => (),
                Rule::Reverse => symbols.reverse(),
                Rule::Sort => symbols.sort_unstable(),
            }
            target[n..].copy_from_slice(&symbols);
            input[n] = self.symbols as Token;
            input[n + 1..].copy_from_slice(&symbols[..n - 1]);
        })
    }
}
