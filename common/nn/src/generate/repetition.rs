//! A penalty for saying the same again.

use std::collections::BTreeSet;
use std::fmt;

use data::Token;
use tensor::Real;

use super::{Control, Scores};

/// Lowers the score of every token that the text already has, prompt included: a positive score is divided by the penalty,
/// a negative one multiplied. How often the token stands there does not matter.
///
/// Keskar et al. (2019) divide in both cases, which would make a token with a negative score likelier; their program and
/// `transformers` do as here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RepetitionPenalty(Real);

/// A penalty that is not above 0, infinite or not a number.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "{0} is not a repetition penalty: give a number above 0, where 1 changes nothing and more makes repetitions less likely"
)]
pub struct RepetitionPenaltyError(f64);

impl RepetitionPenalty {
    /// 1 changes nothing, 1.2 is what Keskar et al. found good, and less than 1 makes repetitions likelier.
    ///
    /// # Errors
    /// If the penalty is not above 0, infinite or not a number.
    ///
    /// ```
    /// use ndarray::arr1;
    /// use nn::{Control, RepetitionPenalty, Scores};
    /// let mut scores = Scores::new(arr1(&[3.0, -3.0, 3.0]).view()).unwrap();
    /// RepetitionPenalty::new(2.0).unwrap().apply(&mut scores, &[0, 1, 1]);
    /// assert_eq!([0, 1, 2].map(|token| scores.logit(token)), [1.5, -6.0, 3.0]);
    /// ```
    pub fn new(penalty: f64) -> Result<Self, RepetitionPenaltyError> {
        let factor = penalty as Real;
        let valid = factor.is_finite() && factor > 0.0;
        valid.then_some(RepetitionPenalty(factor)).ok_or(RepetitionPenaltyError(penalty))
    }
}

// ANCHOR: apply
impl RepetitionPenalty {
    /// The score of a token that the text already has.
    pub(crate) fn lowered(self, score: Real) -> Real {
        let RepetitionPenalty(penalty) = self;
        if score < 0.0 { score * penalty } else { score / penalty }
    }
}

impl Control for RepetitionPenalty {
    fn apply(&self, scores: &mut Scores, text: &[Token]) {
        for token in text.iter().copied().collect::<BTreeSet<_>>() {
            scores.set(token, self.lowered(scores.logit(token)));
        }
    }
}
// ANCHOR_END: apply

impl fmt::Display for RepetitionPenalty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "repetition penalty {}", self.0)
    }
}
