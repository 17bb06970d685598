//! The scores of one next token.

use data::Token;
use ndarray::ArrayView1;
use tensor::Real;

use crate::metrics::argmax;

/// Scores that say nothing about which token comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the scores of the next token are not numbers: the parameters of the model are too large, or not numbers themselves"
)]
pub struct ScoresError;

/// The scores of all tokens that may come next, on their way through the [controls](super::Controls). At least one token is
/// always left.
///
/// Its probabilities are e^(z_i/T)/Σ_j e^(z_j/T) over the tokens that are left, with T = 1 until a
/// [`Temperature`](super::Temperature) sets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// (V), none of them NaN or plus infinity; minus infinity for what was removed.
    logits: Vec<Real>,
    temperature: f64,
}

impl Scores {
    /// As the model gives them.
    ///
    /// # Shapes
    /// - `logits`: (V).
    ///
    /// # Errors
    /// If their softmax is no distribution: one is NaN or plus infinity, or none is above minus infinity.
    pub fn new(logits: ArrayView1<'_, Real>) -> Result<Self, ScoresError> {
        let likeliest = argmax(logits).ok_or(ScoresError)?;
        let is_finite = logits[likeliest as usize].is_finite();
        is_finite.then(|| Scores { logits: logits.to_vec(), temperature: 1.0 }).ok_or(ScoresError)
    }

    /// The score of a token before the temperature; minus infinity if it was removed.
    pub fn logit(&self, token: Token) -> Real {
        self.logits[token as usize]
    }

    /// Whether a token can still come next.
    pub fn has(&self, token: Token) -> bool {
        self.logit(token) > Real::NEG_INFINITY
    }

    /// The tokens that are left, by their numbers.
    pub fn left(&self) -> impl Iterator<Item = Token> {
        (0..self.logits.len() as Token).filter(|&token| self.has(token))
    }

    /// The token with the highest score, the first of equals.
    pub fn likeliest(&self) -> Token {
        argmax(ArrayView1::from(&self.logits)).expect("a token is always left")
    }

    /// e^((z_i - max z)/T): the probability of each token as a part of the likeliest one's, (V).
    pub fn weights(&self) -> Vec<f64> {
        let likeliest = self.likeliest();
        let max = self.logit(likeliest);
        let weight = |(token, &z): (usize, &Real)| match self.temperature {
            0.0 => f64::from(u8::from(token == likeliest as usize)),
            temperature => (f64::from(z - max) / temperature).exp(),
        };
        self.logits.iter().enumerate().map(weight).collect()
    }

    /// The probability of each token, (V).
    pub fn probabilities(&self) -> Vec<f64> {
        let mut weights = self.weights();
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
        weights
    }

    /// Draws a token by its probability; `uniform` is a random number in 0..1.
    pub fn draw(&self, uniform: f64) -> Token {
        let weights = self.weights();
        let mut left = uniform * weights.iter().sum::<f64>();
        for (token, weight) in weights.into_iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return token as Token;
            }
        }
        self.likeliest()
    }

    /// Removes the tokens that are not to be kept, by number and score; none of them if nothing would be left.
    pub fn keep(&mut self, keep: impl Fn(Token, Real) -> bool) {
        if self.left().any(|token| keep(token, self.logit(token))) {
            for (token, logit) in (0..).zip(&mut self.logits) {
                if !keep(token, *logit) {
                    *logit = Real::NEG_INFINITY;
                }
            }
        }
    }

    /// Gives a token another score, the largest number if it is larger than any. What was removed stays removed, and a
    /// token that is left cannot be removed in this way.
    pub fn set(&mut self, token: Token, logit: Real) {
        if self.has(token) {
            self.logits[token as usize] = logit.clamp(Real::MIN, Real::MAX);
        }
    }

    /// Divides all scores by so much, which may be 0: then all probability is with the likeliest token.
    pub fn divide(&mut self, temperature: f64) {
        self.temperature *= temperature;
    }
}
