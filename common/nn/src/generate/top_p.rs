//! Top-p: the likeliest tokens that together are likely enough.

use std::fmt;

use data::Token;

use super::{Control, Scores};

/// Leaves the likeliest tokens whose probabilities sum to at least p, as few as can be (Holtzman et al. 2020, who call them
/// the nucleus). The token that takes the sum across p stays, and at least one does.
///
/// Of tokens with the same score the last stays longest, as in `transformers`, which goes through them from the least
/// likely on and removes as long as those gone through have a probability of at most 1 - p.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TopP(f64);

/// A p that is no probability.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0} is not a top-p: give a number from 0 to 1, where 1 leaves every token")]
pub struct TopPError(f64);

impl TopP {
    /// # Errors
    /// If p does not lie in 0..=1.
    ///
    /// ```
    /// use ndarray::arr1;
    /// use nn::{Control, Scores, TopP};
    /// let logits = arr1(&[1.0, 6.0, 3.0]).mapv(tensor::Real::ln); // probabilities 0.1, 0.6 and 0.3
    /// for (p, stay) in [(0.5, vec![1]), (0.7, vec![1, 2]), (0.95, vec![0, 1, 2])] {
    ///     let mut scores = Scores::new(logits.view()).unwrap();
    ///     TopP::new(p).unwrap().apply(&mut scores, &[]);
    ///     assert!(scores.left().eq(stay));
    /// }
    /// ```
    pub fn new(p: f64) -> Result<Self, TopPError> {
        (0.0..=1.0).contains(&p).then_some(TopP(p)).ok_or(TopPError(p))
    }
}

impl Control for TopP {
    // ANCHOR: apply
    fn apply(&self, scores: &mut Scores, _: &[Token]) {
        let probabilities = scores.probabilities();
        let mut rising: Vec<Token> = scores.left().collect();
        rising.sort_by(|&a, &b| scores.logit(a).partial_cmp(&scores.logit(b)).expect("no score is NaN"));
        let mut stays = vec![true; probabilities.len()];
        let mut below = 0.0;
        for &token in &rising[..rising.len() - 1] {
            below += probabilities[token as usize];
            if below > 1.0 - self.0 {
                break;
            }
            stays[token as usize] = false;
        }
        scores.keep(|token, _| stays[token as usize]);
    }
    // ANCHOR_END: apply
}

impl fmt::Display for TopP {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "top-p {}", self.0)
    }
}
