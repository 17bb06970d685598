//! The feed-forward layer (Vaswani et al. 2017, section 3.3): at each position alone, the same function at all.

use ndarray::{Array2, Axis};
use nn::Linear;
use tensor::{Context, Cost, Init, Parameters, Real, Tensor, metered};

use super::fused::{linear_activation, linear_gated};
use crate::checkpoint_names::Convention;
use crate::{Activation, BlockConfig, Form};

/// FeedForward(x) = f(x·W₁ᵀ + b₁)·W₂ᵀ + b₂, f being ReLU in the paper and GELU in GPT.
///
/// Gated: FeedForward(x) = (f(x·W_gᵀ + b_g) ⊙ (x·W₁ᵀ + b₁))·W₂ᵀ + b₂ (Shazeer 2020, equation 6), W_g and W₁ one below the other
/// in one map, (2·F, D), so that one product makes both.
///
/// | symbol | shape | in a block of GPT-2 | in one of PyTorch |
/// |---|---|---|---|
/// | W₁, b₁ | (F, D), (F) | `mlp.c_fc` | `linear1` |
/// | W₂, b₂ | (D, F), (D) | `mlp.c_proj` | `linear2` |
#[derive(Clone, Debug)]
pub(crate) struct FeedForward {
    first: Linear,
    activation: Activation,
    gated: bool,
    second: Linear,
}

impl FeedForward {
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, convention: Convention) -> Self {
        let [first, second] = convention.feed_forward(init, config);
        FeedForward { first, activation: config.activation, gated: config.gated, second }
    }

    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, D).
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        self.second.forward(cx, &self.hidden(cx, x, Form::Literal)) // (B, T, D)
    }

    /// What stands between the two maps.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, F).
    #[track_caller]
    pub fn hidden(&self, cx: &Context<'_>, x: &Tensor, form: Form) -> Tensor {
        match form {
            // ANCHOR: gated
            Form::Literal if self.gated => {
                let both = self.first.forward(cx, x); // (B, T, 2·F)
                let f = both.shape()[2] / 2;
                &self.activation.apply(&both.slice(2, 0..f)) * &both.slice(2, f..2 * f) // (B, T, F)
            }
            // ANCHOR_END: gated
            Form::Literal => self.activation.apply(&self.first.forward(cx, x)), // (B, T, F)
            Form::Fused => {
                let (weight, bias) = (cx.get(self.first.weight()), self.first.bias().map(|bias| cx.get(bias)));
                let map = if self.gated { linear_gated } else { linear_activation };
                map(x, &weight, bias.as_ref(), self.activation)
            }
        }
    }

    /// What stands between the two maps, of plain vectors.
    ///
    /// # Shapes
    /// - `x`: (B, D); returns (B, F).
    #[track_caller]
    pub fn hidden_of_one(&self, parameters: &Parameters, x: &Array2<Real>) -> Array2<Real> {
        let mut hidden = self.first.apply(parameters, x); // (B, F), or (B, 2·F)
        let cost = Cost::elementwise(hidden.len(), 2 * hidden.len());
        metered("activation", cost, || {
            if self.gated {
                let f = hidden.ncols() / 2;
                let (gate, mut other) = hidden.view_mut().split_at(Axis(1), f);
                other.zip_mut_with(&gate, |other, &gate| *other *= self.activation.of(gate));
                other.to_owned()
            } else {
                self.activation.apply_to(hidden.as_slice_mut().expect("new"));
                hidden
            }
        })
    }

    /// W₂ and b₂.
    pub fn second(&self) -> &Linear {
        &self.second
    }
}
