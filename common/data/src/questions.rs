//! Questions in tokens, each with its answer: a blank in a text, or what follows it.

use crate::Token;

/// Stands for a token that is to be said. The tokens before it are those of [`pairs`](crate::pairs).
pub const HOLE: Token = 3;

/// Stands between a question and its answer where both are one text.
pub const ASK: Token = 4;

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Has [`HOLE`]s if the answer belongs there; otherwise the answer follows.
    pub asked: Vec<Token>,
    /// Never empty. Ends with [`END`](crate::pairs::END) if it can have any number of tokens.
    pub answer: Vec<Token>,
}
