//! Translations from a model, one token after another.

mod align;
mod beam;
mod greedy;
mod limit;

use data::Token;
use data::pairs::Ends;
use ndarray::{Array2, s};
use tensor::Real;

pub use align::align;
pub use greedy::translate;
pub use limit::Limit;

/// What a model said of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Translation {
    /// One after another; the last is the `end`, unless the model had not come to it at the limit.
    pub tokens: Vec<Token>,
    /// What the model says behind a translation.
    pub end: Token,
    /// How much the decoder looked at each token of the source when it chose each of these, (tokens, source). `None`
    /// from a model that does not look back.
    pub alignment: Option<Array2<Real>>,
    /// ln p of these tokens, the end included, given the source, by the model's probabilities of all V tokens. NaN if the
    /// model said these tokens and could not go on: its scores were not numbers, or left no probability to anything that
    /// can be said.
    pub log_probability: f64,
}

impl Translation {
    /// The tokens without the end.
    ///
    /// ```
    /// use data::pairs::END;
    /// let said = |tokens: Vec<u32>| nn::Translation { tokens, end: END, alignment: None, log_probability: -1.0 };
    /// assert_eq!(said(vec![7, 8, END]).words(), [7, 8]);
    /// assert_eq!(said(vec![7, 8]).words(), [7, 8]);
    /// ```
    pub fn words(&self) -> &[Token] {
        self.tokens.strip_suffix(&[self.end]).unwrap_or(&self.tokens)
    }

    /// Whether the model came to an end before the limit.
    pub fn ended(&self) -> bool {
        self.tokens.last() == Some(&self.end)
    }
}

/// What stands in a batch and is no part of a translation. It is never said, whatever its score.
fn unsayable(ends: Ends) -> [Token; 2] {
    [ends.padding, ends.start]
}

/// Leaves no probability to what is never said.
///
/// # Shapes
/// - `logits`: (B, V)
pub(crate) fn forbid_unsayable(ends: Ends, logits: &mut Array2<Real>) {
    unsayable(ends).iter().for_each(|&token| logits.column_mut(token as usize).fill(Real::NEG_INFINITY));
}

/// Where the decoder looked in all rows of each step.
type Looked = Vec<Option<Array2<Real>>>;

/// Where it looked for one translation of so many tokens, given the row that this had at each step; of a source of
/// `length` tokens.
fn alignment(looked: &Looked, rows: &[usize], tokens: usize, length: usize) -> Option<Array2<Real>> {
    let mut alignment = Array2::zeros((0, length));
    for (step, &row) in looked.iter().zip(rows).take(tokens) {
        alignment.push_row(step.as_ref()?.slice(s![row, ..length])).expect("as wide as the source is long");
    }
    Some(alignment)
}
