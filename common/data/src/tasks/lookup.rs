//! Looking a key up: the plainest question that attention answers.

use ndarray::{Array1, Array2};
use ndarray_rand::rand::{Rng, seq::SliceRandom};

use crate::Token;
use crate::random::stream;

/// Say which value stands beside a key, among pairs of a key and a value.
///
/// Keys and values have an alphabet each, `0..symbols`. Without a look at the row the loss is ln `symbols`.
///
/// ```
/// use data::tasks::Lookup;
///
/// let batch = Lookup { pairs: 3, symbols: 5 }.batch(1, 1, 0);
/// assert_eq!((batch.keys, batch.values), (ndarray::array![[3, 0, 4]], ndarray::array![[2, 0, 1]]));
/// assert_eq!((batch.asked, batch.answers), (ndarray::array![[3]], ndarray::array![2]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookup {
    /// The number of pairs in a row, S, at most `symbols`.
    pub pairs: usize,
    /// The number of different keys, and of different values, K.
    pub symbols: usize,
}

/// Rows of pairs, and a key of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupBatch {
    /// (B, S), all different in a row.
    pub keys: Array2<Token>,
    /// (B, S).
    pub values: Array2<Token>,
    /// (B, 1), each a key of its row.
    pub asked: Array2<Token>,
    /// (B), the values beside those.
    pub answers: Array1<Token>,
}

impl Lookup {
    /// `rows` examples (B), each drawn independently.
    ///
    /// # Panics
    /// If there are no pairs, or more than there are keys.
    #[track_caller]
    pub fn batch(&self, rows: usize, seed: u64, step: u64) -> LookupBatch {
        let Lookup { pairs, symbols } = *self;
        assert!((1..=symbols).contains(&pairs), "{pairs} pairs of {symbols} different keys");
        let mut rng = stream(seed, step, "lookup task");
        let values = Array2::from_shape_simple_fn((rows, pairs), || rng.random_range(0..symbols as Token));
        let (mut keys, mut places) = (Array2::zeros((rows, pairs)), Vec::with_capacity(rows));
        let mut all: Vec<Token> = (0..symbols as Token).collect();
        for mut row in keys.rows_mut() {
            all.shuffle(&mut rng);
            row.iter_mut().zip(&all).for_each(|(key, symbol)| *key = *symbol);
            places.push(rng.random_range(0..pairs));
        }
        let asked = Array2::from_shape_fn((rows, 1), |(b, _)| keys[[b, places[b]]]);
        let answers = Array1::from_shape_fn(rows, |b| values[[b, places[b]]]);
        LookupBatch { keys, values, asked, answers }
    }
}
