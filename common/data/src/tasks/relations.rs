//! Two relations at once: of every token, what stands before it, and what belongs to it.

use ndarray::Array2;
use ndarray_rand::rand::seq::SliceRandom;

use super::draw;
use crate::random::stream;
use crate::{IGNORE, Token};

/// Name, at every token of a row, the symbol of the token before it and the symbol of its partner.
///
/// A row has every colour once, in random order, each with a random symbol: token `colour · symbols + symbol`, so T is the
/// number of colours. Colours belong together by twos, 0 and 1, 2 and 3 and so on: the partner of a token is the token of the
/// other colour, wherever that stands. The two answers stand in different places, unless the partner is the token before.
///
/// ```
/// use data::{IGNORE, tasks::Relations};
///
/// let rows = Relations { colours: 4, symbols: 8 }.batch(1, 1, 0);
/// assert_eq!(rows.tokens, ndarray::array![[13, 24, 16, 4]]); // colours 1, 3, 2, 0; symbols 5, 0, 0, 4
/// assert_eq!(rows.symbols[0], ndarray::array![[IGNORE, 5, 0, 0]]);
/// assert_eq!(rows.symbols[1], ndarray::array![[4, 0, 0, 5]]);
/// assert_eq!(rows.places[1], ndarray::array![[Some(3), Some(2), Some(1), Some(0)]]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relations {
    /// The number of colours, an even one.
    pub colours: usize,
    /// The number of different symbols, at least 1.
    pub symbols: usize,
}

/// Rows of coloured symbols, and what is asked about them: first of the token before, then of the partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationsBatch {
    /// (B, T).
    pub tokens: Array2<Token>,
    /// For each relation the place that each token has to look at, (B, T); none for the first token, which has none before.
    pub places: [Array2<Option<usize>>; 2],
    /// For each relation the symbol there, or [`IGNORE`], (B, T).
    pub symbols: [Array2<Token>; 2],
}

impl Relations {
    /// The number of different tokens, V.
    pub fn vocabulary_size(&self) -> usize {
        self.colours * self.symbols
    }

    /// `rows` examples (B), each drawn independently.
    ///
    /// # Panics
    /// If the number of colours is odd.
    #[track_caller]
    pub fn batch(&self, rows: usize, seed: u64, step: u64) -> RelationsBatch {
        let Relations { colours, symbols } = *self;
        assert!(colours.is_multiple_of(2), "Relations: of {colours} colours one has no partner");
        let mut rng = stream(seed, step, "relations task");
        let mut order: Vec<usize> = (0..colours).collect();
        let mut tokens = Array2::zeros((rows, colours));
        let mut partners = Array2::from_elem((rows, colours), None);
        for (mut row, mut partners) in tokens.rows_mut().into_iter().zip(partners.rows_mut()) {
            order.shuffle(&mut rng);
            for (t, &colour) in order.iter().enumerate() {
                row[t] = draw(&mut rng, colour * symbols, symbols);
                partners[t] = order.iter().position(|other| *other == colour ^ 1);
            }
        }
        let places = [Array2::from_shape_fn((rows, colours), |(_, t)| t.checked_sub(1)), partners];
        let answers = places.each_ref().map(|places| {
            let symbol =
                |(b, t): (usize, usize)| places[[b, t]].map_or(IGNORE, |place| tokens[[b, place]] % symbols as Token);
            Array2::from_shape_fn((rows, colours), symbol)
        });
        RelationsBatch { tokens, places, symbols: answers }
    }
}
