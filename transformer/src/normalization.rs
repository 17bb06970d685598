//! By what the stream is normalised.

use ndarray::Array2;
use nn::{LayerNorm, RmsNorm};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Parameters, Real, Tensor};

use crate::ConfigError;

/// Which normalisation a model has, and its ε, which differs from one published family to the next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalization {
    /// To mean 0 and variance 1 ([`LayerNorm`]).
    LayerNorm {
        /// ε.
        epsilon: f64,
    },
    /// To a mean square of 1, without taking the mean away ([`RmsNorm`]).
    Rms {
        /// ε.
        epsilon: f64,
    },
}

impl Default for Normalization {
    /// PyTorch's, as in GPT-2.
    fn default() -> Self {
        Normalization::LayerNorm { epsilon: LayerNorm::EPSILON }
    }
}

impl Normalization {
    pub(crate) fn is_rms(self) -> bool {
        matches!(self, Normalization::Rms { .. })
    }

    pub(crate) fn validate(self) -> Result<(), ConfigError> {
        let (Normalization::LayerNorm { epsilon } | Normalization::Rms { epsilon }) = self;
        if epsilon > 0.0 && epsilon < 1.0 { Ok(()) } else { Err(ConfigError::Epsilon { epsilon }) }
    }
}

/// A normalisation with its parameters.
#[derive(Clone, Debug)]
pub enum Normalize {
    /// See [`LayerNorm`].
    LayerNorm(LayerNorm),
    /// See [`RmsNorm`].
    Rms(RmsNorm),
}

impl Normalize {
    /// For vectors of `width` numbers; an RMSNorm has no bias.
    pub fn new(init: &mut Init<'_>, normalization: Normalization, width: usize, bias: bool) -> Self {
        match normalization {
            Normalization::LayerNorm { epsilon } => {
                let norm = if bias { LayerNorm::new(init, width) } else { LayerNorm::without_bias(init, width) };
                Normalize::LayerNorm(norm.with_epsilon(epsilon))
            }
            Normalization::Rms { epsilon } => Normalize::Rms(RmsNorm::new(init, width, epsilon)),
        }
    }

    /// Normalises every vector.
    ///
    /// # Shapes
    /// - `x`: (.., D); returns the same shape.
    ///
    /// # Panics
    /// If the last axis of `x` is not D.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        match self {
            Normalize::LayerNorm(norm) => norm.forward(cx, x),
            Normalize::Rms(norm) => norm.forward(cx, x),
        }
    }

    /// The same of plain vectors; records nothing.
    ///
    /// # Shapes
    /// - `x`: (B, D); returns (B, D).
    ///
    /// # Panics
    /// If the width of `x` is not D.
    #[track_caller]
    pub fn apply(&self, parameters: &Parameters, x: &Array2<Real>) -> Array2<Real> {
        match self {
            Normalize::LayerNorm(norm) => norm.apply(parameters, x),
            Normalize::Rms(norm) => norm.apply(parameters, x),
        }
    }
}
