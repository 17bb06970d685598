//! Temperature: probabilities more alike, or less.

use std::fmt;

use data::Token;
use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};
use tensor::Real;

use super::{Control, Scores, ScoresError};

/// What the scores are divided by before the softmax: e^(z_i/T)/Σ_j e^(z_j/T) (Ackley et al. 1985).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Temperature(f64);

/// A temperature that is negative, infinite or not a number.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0} is not a temperature: give a number of at least 0, where 0 always takes the likeliest token")]
pub struct TemperatureError(f64);

impl Temperature {
    /// Always the token with the highest score, the first of equals.
    pub const GREEDY: Temperature = Temperature(0.0);

    /// Draws from the model's own distribution.
    pub const ONE: Temperature = Temperature(1.0);

    /// 1 gives the model's own distribution, less makes likely tokens likelier; towards 0 it becomes
    /// [greedy](Self::GREEDY), and 0 is that.
    ///
    /// # Errors
    /// If the temperature is negative, infinite or not a number.
    pub fn new(temperature: f64) -> Result<Self, TemperatureError> {
        let valid = temperature.is_finite() && temperature >= 0.0;
        valid.then_some(Temperature(temperature)).ok_or(TemperatureError(temperature))
    }

    /// Chooses a token by its scores alone; `uniform` is a random number in 0..1, which greedy choice does not read.
    ///
    /// # Shapes
    /// - `logits`: (V).
    ///
    /// # Errors
    /// If the softmax of the scores is no distribution: one is NaN or infinite, or none is above minus infinity.
    ///
    /// ```
    /// use ndarray::arr1;
    /// use nn::Temperature;
    /// let logits = arr1(&[0.0, 3.0_f64.ln() as tensor::Real]); // probabilities 1/4 and 3/4
    /// let choose = |temperature, uniform| Temperature::new(temperature).unwrap().choose(logits.view(), uniform).unwrap();
    /// assert_eq!([0.24, 0.26].map(|uniform| choose(1.0, uniform)), [0, 1]);
    /// assert_eq!([0.09, 0.11].map(|uniform| choose(0.5, uniform)), [0, 1]); // 1/10 and 9/10
    /// assert_eq!(choose(0.0, 0.01), 1);
    /// ```
    pub fn choose(self, logits: ArrayView1<'_, Real>, uniform: f64) -> Result<Token, ScoresError> {
        let mut scores = Scores::new(logits)?;
        self.apply(&mut scores, &[]);
        Ok(scores.draw(uniform))
    }
}

impl Control for Temperature {
    fn apply(&self, scores: &mut Scores, _: &[Token]) {
        scores.divide(self.0);
    }
}

impl fmt::Display for Temperature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "temperature {}", self.0)
    }
}

impl TryFrom<f64> for Temperature {
    type Error = TemperatureError;

    fn try_from(temperature: f64) -> Result<Self, TemperatureError> {
        Temperature::new(temperature)
    }
}

impl From<Temperature> for f64 {
    fn from(temperature: Temperature) -> f64 {
        temperature.0
    }
}
