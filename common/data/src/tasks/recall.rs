//! Recall over a gap: the plainest question about memory.

use super::{TokenTask, batch_of, draw};
use crate::random::stream;
use crate::{TextBatch, Token};

/// Name the symbol that was read first, after a gap of random distractors.
///
/// A row is `symbol, distractor x gap, ?`, so T = gap + 2, and the answer is asked at `?` alone. The distractors are
/// random, so that no regularity of the gap helps to carry the symbol across (as in task 2c of Hochreiter &
/// Schmidhuber 1997, section 5.2), and have an alphabet of their own, so that a model need not guess what to keep.
///
/// | tokens | what they are |
/// |---|---|
/// | `0..symbols` | the symbols |
/// | `symbols..symbols + distractors` | the distractors |
/// | `symbols + distractors` | the question |
///
/// Without memory the loss is ln K and the accuracy 1/K, K being the number of symbols.
///
/// ```
/// use data::{IGNORE, tasks::{Recall, TokenTask}};
///
/// let recall = Recall { symbols: 8, distractors: 4, gap: 3 };
/// assert_eq!((recall.vocabulary_size(), recall.length()), (13, 5));
/// let batch = recall.batch(2, 1, 0);
/// assert_eq!(batch.inputs, ndarray::array![[7, 10, 11, 9, 12], [5, 8, 9, 8, 12]]);
/// assert_eq!(batch.targets.column(4), ndarray::array![7, 5]);
/// assert_eq!(batch.answers(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recall {
    /// The number of different symbols, K, at least 1.
    pub symbols: usize,
    /// The number of different distractors, at least 1 where there is a gap.
    pub distractors: usize,
    /// The number of distractors between the symbol and the question.
    pub gap: usize,
}

impl Recall {
    /// The token that asks for the answer.
    pub fn question(&self) -> Token {
        (self.symbols + self.distractors) as Token
    }
}

impl TokenTask for Recall {
    fn vocabulary_size(&self) -> usize {
        self.symbols + self.distractors + 1
    }

    fn length(&self) -> usize {
        self.gap + 2
    }

    fn batch(&self, rows: usize, seed: u64, step: u64) -> TextBatch {
        let last = self.length() - 1;
        batch_of(rows, self.length(), stream(seed, step, "recall task"), |rng, input, target| {
            input[0] = draw(rng, 0, self.symbols);
            input[1..last].fill_with(|| draw(rng, self.symbols, self.distractors));
            input[last] = self.question();
            target[last] = input[0];
        })
    }
}
