//! Min-p: tokens that are not too far from the likeliest.

use std::fmt;

use data::Token;

use super::{Control, Scores};

/// Leaves the tokens that have at least the part p of the likeliest one's probability (Nguyen et al. 2024): few where the
/// model is sure, many where it is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MinP(f64);

/// A p that is no part.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0} is not a min-p: give a number from 0 to 1, where 0 leaves every token")]
pub struct MinPError(f64);

impl MinP {
    /// # Errors
    /// If p does not lie in 0..=1.
    ///
    /// ```
    /// use ndarray::arr1;
    /// use nn::{Control, MinP, Scores};
    /// let logits = arr1(&[1.0, 6.0, 3.0]).mapv(tensor::Real::ln); // a sixth, all and half of the likeliest one's
    /// let mut scores = Scores::new(logits.view()).unwrap();
    /// MinP::new(0.4).unwrap().apply(&mut scores, &[]);
    /// assert!(scores.left().eq([1, 2]));
    /// ```
    pub fn new(p: f64) -> Result<Self, MinPError> {
        (0.0..=1.0).contains(&p).then_some(MinP(p)).ok_or(MinPError(p))
    }
}

impl Control for MinP {
    // ANCHOR: apply
    fn apply(&self, scores: &mut Scores, _: &[Token]) {
        let weights = scores.weights();
        scores.keep(|token, _| weights[token as usize] >= self.0);
    }
    // ANCHOR_END: apply
}

impl fmt::Display for MinP {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "min-p {}", self.0)
    }
}
