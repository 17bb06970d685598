//! The feed-forward layer (Vaswani et al. 2017, section 3.3): at each position alone, the same function at all.

use nn::Linear;
use tensor::{Context, Init, Tensor};

use super::fused::linear_activation;
use crate::checkpoint_names::Convention;
use crate::{Activation, BlockConfig, Form};

/// FeedForward(x) = f(x·W₁ᵀ + b₁)·W₂ᵀ + b₂, f being ReLU in the paper and GELU in GPT.
///
/// | symbol | shape | in a block of GPT-2 | in one of PyTorch |
/// |---|---|---|---|
/// | W₁, b₁ | (F, D), (F) | `mlp.c_fc` | `linear1` |
/// | W₂, b₂ | (D, F), (D) | `mlp.c_proj` | `linear2` |
#[derive(Clone, Debug)]
pub(crate) struct FeedForward {
    first: Linear,
    activation: Activation,
    second: Linear,
}

impl FeedForward {
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, convention: Convention) -> Self {
        let [first, second] = convention.feed_forward(init, config.width, config.feed_forward, config.bias);
        FeedForward { first, activation: config.activation, second }
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
            Form::Literal => self.activation.apply(&self.first.forward(cx, x)), // (B, T, F)
            Form::Fused => {
                let bias = self.first.bias().map(|bias| cx.get(bias));
                linear_activation(x, &cx.get(self.first.weight()), bias.as_ref(), self.activation)
            }
        }
    }

    /// W₁ and b₁.
    pub fn first(&self) -> &Linear {
        &self.first
    }

    /// f.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// W₂ and b₂.
    pub fn second(&self) -> &Linear {
        &self.second
    }
}
