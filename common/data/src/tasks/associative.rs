//! Recall by key: of several pairs, which value stood with this key?

use ndarray::{Array2, s};
use ndarray_rand::rand::seq::{SliceRandom, index};

use super::{TokenTask, batch_of, draw};
use crate::pairs::{PairBatch, Sources};
use crate::random::stream;
use crate::{IGNORE, TextBatch, Token};

/// Read n pairs of a key and a value, then name the value of every key, asked in another order.
///
/// A row is `k_1 v_1 .. k_n v_n q_1 .. q_n`, so T = 3n: n different keys in random order, each with a value drawn
/// uniformly and by itself, then the same keys in a random order of their own. At each of these the answer is the value that
/// stood behind that key. It is the multi-query associative recall of Arora et al. 2023 (*Zoology*, arXiv 2312.04927, section
/// 3), where other tokens stand between the questions.
///
/// The keys are even tokens, `0, 2, .. 2(K - 1)`, and the values odd ones, `1, 3, .. 2K - 1`, so that a task with fewer symbols
/// uses the first tokens of one with more, and a model can learn both.
///
/// Without the pairs the loss is ln K and the accuracy 1/K.
///
/// ```
/// use data::{IGNORE, tasks::{AssociativeRecall, TokenTask}};
///
/// let batch = AssociativeRecall { pairs: 2, symbols: 4 }.batch(1, 1, 0);
/// assert_eq!(batch.inputs, ndarray::array![[0, 5, 6, 1, 0, 6]]);
/// assert_eq!(batch.targets, ndarray::array![[IGNORE, IGNORE, IGNORE, IGNORE, 5, 1]]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssociativeRecall {
    /// The pairs in a row, n, at least 1.
    pub pairs: usize,
    /// The number of different keys, and of different values, K, at least n.
    pub symbols: usize,
}

impl AssociativeRecall {
    /// How many bits about the pairs a reader has to keep to answer every question: n log₂ K.
    pub fn bits(&self) -> f64 {
        self.pairs as f64 * (self.symbols as f64).log2()
    }

    /// The same rows for a translator: the pairs are the source, (B, 2n), and the decoder reads every key twice, (B, 2n). The
    /// answer is asked at the second, since a decoder that looks at the source before it reads a token (Bahdanau et al.
    /// 2014) can look for a key only after it.
    pub fn pair_batch(&self, rows: usize, seed: u64, step: u64) -> PairBatch {
        let (TextBatch { inputs, targets }, asked) = (self.batch(rows, seed, step), 2 * self.pairs);
        let tokens = inputs.slice(s![.., ..asked]).to_owned();
        let input = |(b, t)| inputs[[b, asked + t / 2]];
        let target = |(b, t)| if t % 2 == 0 { IGNORE } else { targets[[b, asked + t / 2]] };
        PairBatch {
            sources: Sources { tokens, lengths: vec![asked; rows] },
            inputs: Array2::from_shape_fn((rows, asked), input),
            targets: Array2::from_shape_fn((rows, asked), target),
        }
    }
}

impl TokenTask for AssociativeRecall {
    fn vocabulary_size(&self) -> usize {
        2 * self.symbols
    }

    fn length(&self) -> usize {
        3 * self.pairs
    }

    /// # Panics
    /// If there are fewer keys than pairs.
    fn batch(&self, rows: usize, seed: u64, step: u64) -> TextBatch {
        let rng = stream(seed, step, "associative recall task");
        batch_of(rows, self.length(), rng, |rng, input, target| {
            let mut pairs: Vec<[Token; 2]> = index::sample(rng, self.symbols, self.pairs)
                .into_iter()
                .map(|key| [2 * key as Token, 2 * draw(rng, 0, self.symbols) + 1])
                .collect();
            let (read, asked) = input.split_at_mut(2 * self.pairs);
            read.copy_from_slice(pairs.as_flattened());
            pairs.shuffle(rng);
            for ((question, answer), [key, value]) in asked.iter_mut().zip(&mut target[read.len()..]).zip(pairs) {
                (*question, *answer) = (key, value);
            }
        })
    }
}
