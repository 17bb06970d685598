//! What surrounds every sublayer: a normalisation, dropout, and the addition to the stream.

use nn::{Dropout, Linear};
use tensor::{Context, Init, Tensor};

use super::fused;
use crate::normalization::Normalize;
use crate::{BlockConfig, Norm};

/// x + Dropout(f(LayerNorm(x))) or LayerNorm(x + Dropout(f(x))), f the sublayer.
#[derive(Clone, Debug)]
pub(crate) struct Residual {
    pub norm: Normalize,
    pub place: Norm,
    pub dropout: Dropout,
    rate: f64,
}

impl Residual {
    /// `site` names the place in the model by which its dropout is drawn.
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, site: String) -> Self {
        Self::with(config.normalize(init), config, site)
    }

    /// With a normalisation whose parameters exist.
    pub fn with(norm: Normalize, config: &BlockConfig, site: String) -> Self {
        let BlockConfig { norm: place, dropout: rate, .. } = *config;
        Residual { norm, place, dropout: Dropout::new(rate, site), rate }
    }

    /// What the sublayer receives of the stream.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, D).
    #[track_caller]
    pub fn received(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        match self.place {
            Norm::Pre => self.norm.forward(cx, x),
            Norm::Post => x.clone(),
        }
    }

    /// The stream behind the sublayer, whose `last` map is joined with the addition; `before` is what goes into that
    /// map.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), `before`: (B, T, I); returns (B, T, D).
    #[track_caller]
    pub fn joined(&self, cx: &Context<'_>, x: &Tensor, before: &Tensor, last: &Linear) -> Tensor {
        let sum = if self.rate > 0.0 && cx.is_training() {
            x + &self.dropout.forward(cx, &last.forward(cx, before))
        } else {
            let bias = last.bias().map(|bias| cx.get(bias));
            fused::linear_residual(before, &cx.get(last.weight()), bias.as_ref(), x)
        };
        match self.place {
            Norm::Pre => sum,
            Norm::Post => self.norm.forward(cx, &sum),
        }
    }
}
