//! Rows of coloured symbols, and two relations between their tokens.

use data::{IGNORE, Token};
use ndarray::Array2;
use ndarray_rand::rand::{Rng, seq::SliceRandom};
use tensor::stream;

/// T: each colour stands in a row once.
pub const COLOURS: usize = 8;
pub const SYMBOLS: usize = 8;

/// Where a token has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// At the token before it.
    Before,
    /// At the token of the colour that belongs to its own, wherever that stands.
    Partner,
}

impl Relation {
    pub const ALL: [Relation; 2] = [Relation::Before, Relation::Partner];

    pub fn name(self) -> &'static str {
        match self {
            Relation::Before => "the token before",
            Relation::Partner => "the partner in colour",
        }
    }
}

/// Rows of tokens, each a colour and a symbol. Of every token is asked which symbol the token before it has, and which its
/// partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// (B, T).
    pub tokens: Array2<Token>,
    /// For each relation: the place that each token has to look at, (B, T); none for the first token, which has none before.
    pub places: [Array2<Option<usize>>; 2],
    /// For each relation: the symbol there, or [`IGNORE`], (B, T).
    pub symbols: [Array2<Token>; 2],
}

impl Rows {
    /// So many rows, (B, T), as seed and step decide.
    pub fn batch(rows: usize, seed: u64, step: u64) -> Self {
        let mut rng = stream(seed, step, "rows of C11");
        let mut colours: Vec<usize> = (0..COLOURS).collect();
        let mut tokens = Array2::zeros((rows, COLOURS));
        let mut partners = Array2::from_elem((rows, COLOURS), None);
        for (mut row, mut partners) in tokens.rows_mut().into_iter().zip(partners.rows_mut()) {
            colours.shuffle(&mut rng);
            for (t, &colour) in colours.iter().enumerate() {
                row[t] = (colour * SYMBOLS + rng.random_range(0..SYMBOLS)) as Token;
                // Colours belong together by twos: 0 and 1, 2 and 3, ..
                partners[t] = colours.iter().position(|other| *other == colour ^ 1);
            }
        }
        let before = Array2::from_shape_fn((rows, COLOURS), |(_, t)| t.checked_sub(1));
        let places = [before, partners];
        let symbols = places.each_ref().map(|places| {
            let symbol =
                |(b, t): (usize, usize)| places[[b, t]].map_or(IGNORE, |place| tokens[[b, place]] % SYMBOLS as Token);
            Array2::from_shape_fn((rows, COLOURS), symbol)
        });
        Rows { tokens, places, symbols }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_the_answers_stand_where_the_relations_point() {
        let rows = Rows::batch(10, 1, 0);
        let colour = |b: usize, t: usize| rows.tokens[[b, t]] as usize / SYMBOLS;
        for b in 0..10 {
            assert_eq!((rows.places[0][[b, 0]], rows.symbols[0][[b, 0]]), (None, IGNORE));
            for t in 1..COLOURS {
                assert_eq!(rows.places[0][[b, t]], Some(t - 1));
                assert_eq!(rows.symbols[0][[b, t]], rows.tokens[[b, t - 1]] % SYMBOLS as Token);
                let partner = rows.places[1][[b, t]].unwrap();
                assert_eq!(colour(b, partner) / 2, colour(b, t) / 2);
                assert_ne!(partner, t);
                assert_eq!(rows.symbols[1][[b, t]], rows.tokens[[b, partner]] % SYMBOLS as Token);
            }
        }
    }
}
