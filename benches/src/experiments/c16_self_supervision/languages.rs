//! Generated languages, whose best possible loss is known.

use data::tasks::{MarkovChain, TokenTask};
use data::{TextBatch, mean_loss};

/// V.
pub const SYMBOLS: usize = 8;

/// T.
pub const CONTEXT: usize = 32;

/// Batches that judge a model: some 32,000 tokens.
const HELD_OUT: u64 = 42;

/// The language of an order that belongs to a seed.
pub fn language(order: usize, seed: u64) -> MarkovChain {
    MarkovChain::random(SYMBOLS, order, CONTEXT, seed)
}

/// Batches that nobody learns from, and the loss of who knows the language on them. Training rows are drawn with the seed,
/// these with its complement.
pub fn held_out(language: &MarkovChain, rows: usize, seed: u64) -> (Vec<TextBatch>, f64) {
    let batches: Vec<TextBatch> = (0..HELD_OUT).map(|step| language.batch(rows, !seed, step)).collect();
    let best = mean_loss(&batches, |history, next| language.probability(history, next));
    (batches, best)
}
