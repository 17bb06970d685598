//! The chain of controls.

use data::Token;
use ndarray::ArrayView1;
use tensor::Real;

use super::{Control, MinP, RepetitionPenalty, Scores, ScoresError, Temperature, TopK, TopP, Trace};

/// Whether the filters see the probabilities at a temperature of 1 or at that which is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// The filters choose among the model's own probabilities, then the temperature makes those that are left more alike or
    /// less. Which tokens are left does not depend on the temperature.
    #[default]
    FiltersFirst,
    /// As in `transformers` and most libraries: a high temperature makes top-p and min-p leave more tokens.
    TemperatureFirst,
}

/// How the next token is chosen from its scores: a chain of controls, and a draw from what they leave.
///
/// ```
/// use ndarray::arr1;
/// use nn::{Controls, Temperature, TopK};
/// let controls = Controls { top_k: Some(TopK::new(2)?), ..Controls::from(Temperature::new(0.5)?) };
/// assert_eq!(controls.chain().iter().map(|control| control.to_string()).collect::<Vec<_>>(), ["top-k 2", "temperature 0.5"]);
///
/// let logits = arr1(&[1.0, 6.0, 3.0]).mapv(tensor::Real::ln); // probabilities 0.1, 0.6 and 0.3
/// let trace = controls.trace(logits.view(), &[])?;
/// assert_eq!(trace.removed_by(0), Some("top-k 2"));
/// assert!((trace.after()[1] - 0.8).abs() < 1e-6); // 6²/(6² + 3²)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Controls {
    /// Lowers the scores of tokens that the text already has.
    pub repetition: Option<RepetitionPenalty>,
    /// Leaves the k likeliest.
    pub top_k: Option<TopK>,
    /// Leaves the likeliest that sum to p.
    pub top_p: Option<TopP>,
    /// Leaves those that are not too far from the likeliest.
    pub min_p: Option<MinP>,
    /// Makes the probabilities more alike, or less.
    pub temperature: Temperature,
    /// Whether the filters come before the temperature.
    pub order: Order,
}

/// A temperature alone.
impl From<Temperature> for Controls {
    fn from(temperature: Temperature) -> Self {
        let order = Order::default();
        Controls { repetition: None, top_k: None, top_p: None, min_p: None, temperature, order }
    }
}

impl Controls {
    /// The controls in the order in which they are applied: the repetition penalty, then top-k, top-p and min-p, of which
    /// each sees only what the one before has left, and the temperature behind or before these three. Greedy choice takes
    /// the likeliest token, which no filter removes, so it has none of them.
    // ANCHOR: chain
    pub fn chain(&self) -> Vec<&dyn Control> {
        fn link<C: Control>(control: &Option<C>) -> Option<&dyn Control> {
            control.as_ref().map(|control| control as _)
        }
        let filters = [link(&self.top_k), link(&self.top_p), link(&self.min_p)];
        let filters = filters.into_iter().flatten().filter(|_| self.temperature != Temperature::GREEDY);
        let mut chain: Vec<&dyn Control> = link(&self.repetition).into_iter().collect();
        match self.order {
            Order::FiltersFirst => {
                chain.extend(filters);
                chain.push(&self.temperature);
            }
            Order::TemperatureFirst => {
                chain.push(&self.temperature);
                chain.extend(filters);
            }
        }
        chain
    }
    // ANCHOR_END: chain

    /// Chooses what follows `text` by its scores; `uniform` is a random number in 0..1, which greedy choice does not read.
    ///
    /// # Shapes
    /// - `logits`: (V).
    ///
    /// # Errors
    /// If the softmax of the scores is no distribution: one is NaN or infinite, or none is above minus infinity.
    pub fn choose(&self, logits: ArrayView1<'_, Real>, text: &[Token], uniform: f64) -> Result<Token, ScoresError> {
        let mut scores = Scores::new(logits)?;
        self.chain().iter().for_each(|control| control.apply(&mut scores, text));
        Ok(scores.draw(uniform))
    }

    /// What each control does to the scores of what follows `text`.
    ///
    /// # Shapes
    /// - `logits`: (V).
    ///
    /// # Errors
    /// As [`choose`](Self::choose).
    pub fn trace(&self, logits: ArrayView1<'_, Real>, text: &[Token]) -> Result<Trace, ScoresError> {
        Ok(Trace::of(Scores::new(logits)?, &self.chain(), text))
    }
}
