//! Pairs in which the translation is the source: nothing to learn but to keep what was read.

use data::Token;
use data::pairs::{END, PairBatch};
use data::random::stream;
use ndarray_rand::rand::Rng;

/// The first symbol; PAD, START and END come before.
pub const FIRST: Token = END + 1;

/// Words of `symbols` different symbols, each drawn by itself, of a length drawn from `lengths`.
pub fn words(
    rows: usize,
    symbols: u32,
    lengths: std::ops::RangeInclusive<usize>,
    seed: u64,
    step: u64,
) -> Vec<Vec<Token>> {
    let mut rng = stream(seed, step, "copying");
    let mut word = || -> Vec<Token> {
        let length = rng.random_range(lengths.clone());
        (0..length).map(|_| FIRST + rng.random_range(0..symbols)).collect()
    };
    (0..rows).map(|_| word()).collect()
}

/// Words, each beside itself.
pub fn batch(words: &[Vec<Token>]) -> PairBatch {
    let pairs: Vec<(&[Token], &[Token])> = words.iter().map(|word| (&word[..], &word[..])).collect();
    PairBatch::new(&pairs)
}
