//! Byte-pair encoding (Sennrich, Haddow and Birch 2016): tokens that are runs of letters which often stand together.
//!
//! A text is cut into words, and no token reaches over the end of a word. A word begins as its letters, each a token below
//! `base`. Training counts neighbours and merges the pair that occurs most often:
//!
//! ```text
//! repeat: of all pairs of neighbouring tokens in the words, take the most frequent one
//!         it becomes a new token: the first `base`, the next `base` + 1, and so on
//!         write the new token in all words, wherever the pair is
//! ```
//!
//! - A word that occurs `count` times has each of its pairs that many times.
//! - Every two neighbours are a pair: the word `a a a` has the pair (a, a) twice.
//! - Of equally frequent pairs the one with the smaller left token is taken, and of those the one with the smaller right one.
//! - A pair is written from left to right: `a a a` becomes `aa a`.
//! - A pair that occurs only once is not merged, so training may end before it has all merges.
//!
//! The list of merges is the tokenizer. A new word is encoded by the same merges, the first in the list first.

/// Learns at most `most` merges, in their order.
///
/// - `words`: the tokens of each word, all below `base`, and how often the word occurs, once at least
/// - returns the pairs that were merged; the one at index i became the token `base` + i
pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    todo!()
}

/// The tokens of one word.
///
/// - `word`: its letters, all below `base`
/// - `merges`: as `train` returns them; none is there twice, and the one at index i has only tokens below `base` + i
pub fn encode(word: &[usize], base: usize, merges: &[(usize, usize)]) -> Vec<usize> {
    todo!()
}
