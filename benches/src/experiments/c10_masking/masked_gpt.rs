//! A GPT whose mask may be wrong.
//!
//! All is that of a [`Gpt`] but the one line in question: how the future is kept out of the attention weights.

use data::{TextBatch, Token};
use gpt::{Gpt, GptConfig};
use ndarray::{Array2, ArrayView2, Axis, Ix2, concatenate, s};
use nn::{LanguageModel, Trainable, cross_entropy};
use tensor::{Context, Init, Real, Tensor};
use transformer::ConfigError;

/// How the future is kept out of the attention weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Masking {
    /// Minus infinity is added to the scores of the future before the softmax: e^-∞ = 0.
    MinusInfinity,
    /// The scores of the future are multiplied by zero before the softmax: e^0 = 1.
    ZeroScores,
    /// The weights of the future are multiplied by zero behind the softmax, and not renormalised.
    ZeroWeights,
    /// Minus infinity, but one position too late: t sees t + 1.
    LeakNext,
}

impl Masking {
    /// All, the right one first.
    pub const ALL: [Self; 4] = [Self::MinusInfinity, Self::ZeroScores, Self::ZeroWeights, Self::LeakNext];

    /// What the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MinusInfinity => "minus infinity before the softmax",
            Self::ZeroScores => "scores times zero",
            Self::ZeroWeights => "weights times zero",
            Self::LeakNext => "one position leaks",
        }
    }

    /// The attention weights.
    ///
    /// # Shapes
    /// - `scores`: (.., T, T), a row for each query; returns the same shape.
    pub fn weights(self, scores: &Tensor) -> Tensor {
        let positions = scores.shape()[scores.shape().len() - 1];
        let table = |future: Real, other: Real, ahead: usize| {
            let entry = |(t, s)| if s > t + ahead { future } else { other };
            Tensor::constant(Array2::from_shape_fn((positions, positions), entry)) // (T, T)
        };
        match self {
            Self::MinusInfinity => (scores + &table(Real::NEG_INFINITY, 0.0, 0)).softmax(),
            Self::ZeroScores => (scores * &table(0.0, 1.0, 0)).softmax(),
            Self::ZeroWeights => &scores.softmax() * &table(0.0, 1.0, 0),
            Self::LeakNext => (scores + &table(Real::NEG_INFINITY, 0.0, 1)).softmax(),
        }
    }
}

pub struct MaskedGpt {
    gpt: Gpt,
    masking: Masking,
}

impl MaskedGpt {
    /// A model with the parameters of a [`Gpt`] of this configuration.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn new(init: &mut Init<'_>, config: GptConfig, masking: Masking) -> Result<Self, ConfigError> {
        Ok(Self { gpt: Gpt::new(init, config)?, masking })
    }

    /// The scores of every next token, from the vectors that the first block receives.
    ///
    /// # Shapes
    /// - `embedded`: (B, T, D); returns (B, T, V).
    pub fn logits_of_embedded(&self, cx: &Context<'_>, embedded: &Tensor) -> Tensor {
        let x = self.gpt.stack().forward_with(cx, embedded, |scores| self.masking.weights(scores)); // (B, T, D)
        self.gpt.unembed(cx, &x) // (B, T, V)
    }

    /// Where each position looks in the first layer.
    ///
    /// # Shapes
    /// - `tokens`: (B, T); returns (B, N, T, T).
    pub fn first_weights(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>) -> Tensor {
        let x = self.gpt.embed(cx, tokens, 0); // (B, T, D)
        self.masking.weights(&self.gpt.blocks()[0].scores(cx, &x))
    }
}

impl Trainable for MaskedGpt {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        cross_entropy(&self.logits(cx, batch.inputs.view()), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

/// It remembers tokens, not keys and values: with a wrong mask those of earlier positions change as later ones arrive.
impl LanguageModel for MaskedGpt {
    type State = Array2<Token>;

    fn vocabulary(&self) -> usize {
        self.gpt.vocabulary()
    }

    fn logits(&self, cx: &Context<'_>, inputs: ArrayView2<'_, Token>) -> Tensor {
        self.logits_of_embedded(cx, &self.gpt.embed(cx, inputs, 0)) // (B, T, V)
    }

    fn start(&self, cx: &Context<'_>, prompts: ArrayView2<'_, Token>) -> (Array2<Token>, Array2<Real>) {
        let first = prompts.ncols().saturating_sub(self.gpt.config().context);
        let window = prompts.slice(s![.., first..]).to_owned();
        let last = self.logits(cx, window.view()).index(1, window.ncols() - 1); // (B, V)
        (window, last.view::<Ix2>("logits").to_owned())
    }

    fn next(&self, cx: &Context<'_>, state: &mut Array2<Token>, tokens: &[Token]) -> Array2<Real> {
        let column = Array2::from_shape_fn((tokens.len(), 1), |(row, _)| tokens[row]);
        let (window, logits) = self.start(cx, concatenate![Axis(1), *state, column].view());
        *state = window;
        logits
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use tensor::{Parameters, check::assert_close};

    use super::*;

    /// Scores 0, ln 2, ln 3 in every row.
    fn weights(masking: Masking) -> Array2<Real> {
        let row = [0.0, 2f64.ln() as Real, 3f64.ln() as Real];
        let scores = Tensor::constant(Array2::from_shape_fn((3, 3), |(_, s)| row[s]));
        masking.weights(&scores).view::<Ix2>("weights").to_owned()
    }

    #[test]
    fn step_01_the_ways_to_mask_by_hand() {
        let close = |masking, expected: Array2<Real>| assert_close("weights", &weights(masking), &expected, 1e-6);
        let (third, sixth) = (1.0 / 3.0, 1.0 / 6.0);
        close(Masking::MinusInfinity, array![[1.0, 0.0, 0.0], [third, 2.0 * third, 0.0], [sixth, 2.0 * sixth, 0.5]]);
        close(Masking::ZeroScores, array![[third, third, third], [0.25, 0.5, 0.25], [sixth, 2.0 * sixth, 0.5]]);
        close(Masking::ZeroWeights, array![[sixth, 0.0, 0.0], [sixth, 2.0 * sixth, 0.0], [sixth, 2.0 * sixth, 0.5]]);
        close(
            Masking::LeakNext,
            array![[third, 2.0 * third, 0.0], [sixth, 2.0 * sixth, 0.5], [sixth, 2.0 * sixth, 0.5]],
        );
    }

    #[test]
    fn step_02_with_the_right_mask_it_is_gpt() {
        let config = GptConfig::new(7, 6, 2, 12, 3);
        let (mut ours, mut theirs) = (Parameters::new(), Parameters::new());
        let masked = MaskedGpt::new(&mut Init::new(&mut ours, 3), config.clone(), Masking::MinusInfinity).unwrap();
        let gpt = Gpt::new(&mut Init::new(&mut theirs, 3), config).unwrap();
        let tokens = array![[1, 2, 3, 4, 5], [6, 0, 6, 1, 2]];
        let (a, b) = (Context::eval(&ours), Context::eval(&theirs));
        let (a, b) = (masked.logits(&a, tokens.view()), gpt.logits(&b, tokens.view()));
        assert_close("logits", a.value(), b.value(), 1e-5);
    }
}
