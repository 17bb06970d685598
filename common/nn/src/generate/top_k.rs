//! Top-k: the k likeliest tokens.

use std::fmt;
use std::num::NonZeroUsize;

use data::Token;

use super::{Control, Scores};

/// Leaves the k tokens with the highest scores (Fan, Lewis and Dauphin 2018). Those that have the same score as the last of
/// them stay too, as in `transformers`, so more than k may be left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopK(NonZeroUsize);

/// A k of 0, which would leave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("0 is not a top-k, since no token would be left: give a number of at least 1")]
pub struct TopKError;

impl TopK {
    /// # Errors
    /// If k is 0.
    ///
    /// ```
    /// use ndarray::arr1;
    /// use nn::{Control, Scores, TopK};
    /// let mut scores = Scores::new(arr1(&[1.0, 4.0, 2.0, 3.0, 2.0]).view()).unwrap();
    /// TopK::new(3).unwrap().apply(&mut scores, &[]);
    /// assert!(scores.left().eq([1, 2, 3, 4])); // both 2s stay
    /// ```
    pub fn new(k: usize) -> Result<Self, TopKError> {
        NonZeroUsize::new(k).map(TopK).ok_or(TopKError)
    }
}

impl Control for TopK {
    // ANCHOR: apply
    fn apply(&self, scores: &mut Scores, _: &[Token]) {
        let mut left: Vec<_> = scores.left().map(|token| scores.logit(token)).collect();
        if left.len() > self.0.get() {
            let (_, &mut last, _) = left.select_nth_unstable_by(self.0.get() - 1, |a, b| b.total_cmp(a));
            scores.keep(|_, logit| logit >= last);
        }
    }
    // ANCHOR_END: apply
}

impl fmt::Display for TopK {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "top-k {}", self.0)
    }
}
