//! One link of the chain.

use std::fmt::{Debug, Display};

use data::Token;

use super::Scores;

/// Something that changes the scores of the next token before it is drawn. Its `Display` is its name with its setting, as
/// in `top-k 40`.
pub trait Control: Debug + Display {
    /// Changes the scores of what follows `text`, prompt and all.
    fn apply(&self, scores: &mut Scores, text: &[Token]);
}
