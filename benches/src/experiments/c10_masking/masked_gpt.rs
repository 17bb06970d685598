//! A GPT whose mask may be wrong.
//!
//! All is that of a [`Gpt`] but the one line in question: how the future is kept out of the attention weights.

use data::{TextBatch, Token};
use gpt::Gpt;
use ndarray::{Array2, ArrayView2};
use nn::{Trainable, cross_entropy};
use serde::{Deserialize, Serialize};
use tensor::{Context, Real, Tensor};

/// How the future is kept out of the attention weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The right one first.
    pub const ALL: [Self; 4] = [Self::MinusInfinity, Self::ZeroScores, Self::ZeroWeights, Self::LeakNext];

    pub fn name(self) -> &'static str {
        match self {
            Self::MinusInfinity => "right: −∞ before the softmax",
            Self::ZeroScores => "scores times zero",
            Self::ZeroWeights => "weights times zero",
            Self::LeakNext => "one position too late",
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
    pub gpt: Gpt,
    pub masking: Masking,
}

impl MaskedGpt {
    /// # Shapes
    /// - `tokens`: (B, T); returns (B, T, V).
    pub fn logits(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>) -> Tensor {
        self.logits_of_embedded(cx, &self.gpt.embed(cx, tokens, 0))
    }

    /// From the vectors that the first block receives.
    ///
    /// # Shapes
    /// - `embedded`: (B, T, D); returns (B, T, V).
    pub fn logits_of_embedded(&self, cx: &Context<'_>, embedded: &Tensor) -> Tensor {
        let x = self.gpt.stack().forward_with(cx, embedded, |scores| self.masking.weights(scores)); // (B, T, D)
        self.gpt.unembed(cx, &x)
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

#[cfg(test)]
mod tests {
    use gpt::GptConfig;
    use ndarray::{Ix2, array};
    use nn::LanguageModel;
    use tensor::{Init, Parameters, check::assert_close};

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
        let mut parameters = Parameters::new();
        let gpt = Gpt::new(&mut Init::new(&mut parameters, 3), GptConfig::new(7, 6, 2, 12, 3)).unwrap();
        let masked = MaskedGpt { gpt: gpt.clone(), masking: Masking::MinusInfinity };
        let tokens = array![[1, 2, 3, 4, 5], [6, 0, 6, 1, 2]];
        let cx = Context::eval(&parameters);
        let (ours, theirs) = (masked.logits(&cx, tokens.view()), gpt.logits(&cx, tokens.view()));
        assert_close("logits", ours.value(), theirs.value(), 1e-5);
    }
}
