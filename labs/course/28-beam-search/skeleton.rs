//! Beam search.
//!
//! The likeliest text is not made of the likeliest tokens: a token that looks good now may lead nowhere. Beam search follows several
//! texts at once. At every step, of all continuations of all that is followed, the k likeliest are taken:
//!
//! ```text
//! ln p(Y)  = ln p(y_1) + ln p(y_2 | y_1) + ... + ln p(y_n | y_1 .. y_(n-1))        what a model's scores say, by their softmax
//! score(Y) = ln p(Y) / lp(n)
//! lp(n)    = ((5 + n) / 6)^α                                                       n counts the end
//! ```
//!
//! One that comes to the end token is followed no further, and leaves room for others. Those that have ended compete by their score:
//! every further token makes a text less likely, so by ln p alone the shortest would mostly win (Wu et al. 2016, equation 14).
//!
//! A model has a state for each text, and keeps it in a batch: row 0 the first text that is followed, row 1 the next. From step to step texts
//! are dropped and others branch, so the model has to be told for each row at which row its text was before. In the check it is a small recurrent
//! network: h = 1 at first, h ← tanh(W_h h + table[token]) for each token, and the scores are W_o h.

use ndarray::{Array1, Array2};

/// One more token behind a text that is followed.
#[derive(Clone, Debug, PartialEq)]
pub struct Continuation {
    /// Number of the text, from 0.
    pub came_from: usize,
    /// The token behind it.
    pub token: usize,
    /// ln p of the text with this token.
    pub log_probability: f64,
}

/// How to search.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// k, how many continuations are taken at every step.
    pub width: usize,
    /// α.
    pub alpha: f64,
    /// The most tokens that a text may have, the end among them.
    pub limit: usize,
    /// The token with which a text ends.
    pub end: usize,
}

/// What a model is told of one text that is followed.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The row in which this text was at the step before; 0 at the first.
    pub came_from: usize,
    /// Its last token; `None` at the first step.
    pub last: Option<usize>,
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// One after another, the end among them if it has ended.
    pub tokens: Vec<usize>,
    /// ln p of all of them.
    pub log_probability: f64,
}

/// The score of a text of n = `length` tokens.
pub fn score(log_probability: f64, length: usize, alpha: f64) -> f64 {
    todo!()
}

/// Of all K·V continuations by one token the `width` likeliest, the likeliest first; all, if there are fewer.
///
/// # Shapes
/// - `followed`: ln p of the texts that are followed, (K); `scores`: the model's scores of the token behind each, (K, V)
pub fn continuations(followed: &Array1<f64>, scores: &Array2<f64>, width: usize) -> Vec<Continuation> {
    todo!()
}

/// All texts that have ended within the limit, the best score first; if none has, those that are followed at the limit, the likeliest first.
///
/// `model` takes a row for each text that is followed, and gives the scores of the tokens behind them, (rows, V). It is first called
/// with one row, for the empty text.
pub fn beam_search(search: Search, model: &mut dyn FnMut(&[Row]) -> Array2<f64>) -> Vec<Hypothesis> {
    todo!()
}
