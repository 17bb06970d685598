//! Generated languages, under which the probability of any text is known.

use data::{
    Token,
    tasks::{MarkovChain, TokenTask},
};
use ndarray::{Array2, ArrayView1};
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::Exp1;
use tensor::stream;

/// V.
pub const SYMBOLS: usize = 12;
/// How many tokens decide about the next.
pub const ORDER: usize = 2;
/// T, in training and of the texts that are generated.
pub const LENGTH: usize = 64;

/// The part of every distribution that all tokens share alike.
const NOISE: f64 = 1e-3;

/// The language of a seed. As in a text, a few tokens are likely after each context, and most are hardly possible: the
/// probabilities are in the ratio of fourth powers of exponential variates.
pub fn language(seed: u64) -> MarkovChain {
    let mut rng = stream(seed, 0, "language of C21");
    let weight = || rng.sample::<f64, _>(Exp1).powi(4);
    let mut transitions = Array2::from_shape_simple_fn((SYMBOLS.pow(ORDER as u32), SYMBOLS), weight); // (V^2, V)
    for mut row in transitions.rows_mut() {
        let sum: f64 = row.sum();
        row.mapv_inplace(|weight| (1.0 - NOISE) * weight / sum + NOISE / SYMBOLS as f64);
    }
    MarkovChain::new(ORDER, transitions, LENGTH)
}

/// In nats.
pub fn entropy(probabilities: ArrayView1<'_, f64>) -> f64 {
    probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum()
}

/// What the language itself says after two tokens, (V).
pub fn next<'l>(language: &'l MarkovChain, history: &[Token]) -> ArrayView1<'l, f64> {
    let context = history[history.len() - ORDER..].iter();
    language.transitions().row(context.fold(0, |number, &token| number * SYMBOLS + token as usize))
}

/// Texts of the language that no training reads, (B, T).
pub fn texts(language: &MarkovChain, rows: usize, seed: u64) -> Array2<Token> {
    language.batch(rows, !seed, 0).inputs
}
