//! What a block computes.

use nn::{LayerNorm, Linear};
use serde::{Deserialize, Serialize};
use tensor::{Init, Initializer, Tensor};

use crate::Mask;

/// The architecture of one block: everything but its parameters.
///
/// ```
/// use transformer::BlockConfig;
/// assert!(BlockConfig::new(128, 4).validate().is_ok());
/// let error = BlockConfig::new(128, 3).validate().unwrap_err();
/// assert_eq!(error.to_string(), "a width of 128 cannot be divided among 3 heads; choose a width that is a multiple of the heads");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockConfig {
    /// D, the width of the residual stream.
    pub width: usize,
    /// N, the number of heads; D must be divisible by it.
    pub heads: usize,
    /// F, the width between the two maps of the feed-forward layer.
    pub feed_forward: usize,
    /// The function between them.
    pub activation: Activation,
    /// Which positions a position may look at.
    pub mask: Mask,
    /// Whether the linear maps and the normalisations have biases.
    pub bias: bool,
    /// The probability with which dropout, in training, drops each number that a sublayer adds to the stream.
    pub dropout: f64,
}

impl BlockConfig {
    /// A causal block as in nanoGPT: F = 4·D, GELU in its exact form, no biases, no dropout.
    pub fn new(width: usize, heads: usize) -> Self {
        BlockConfig {
            width,
            heads,
            feed_forward: 4 * width,
            activation: Activation::Gelu,
            mask: Mask::Causal,
            bias: false,
            dropout: 0.0,
        }
    }

    /// Whether such a block can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let &BlockConfig { width, heads, feed_forward, dropout, .. } = self;
        for (what, size) in [("width", width), ("number of heads", heads), ("feed-forward width", feed_forward)] {
            if size == 0 {
                return Err(ConfigError::Zero { what });
            }
        }
        if width % heads != 0 {
            return Err(ConfigError::Heads { width, heads });
        }
        if !(0.0..1.0).contains(&dropout) {
            return Err(ConfigError::Dropout { dropout });
        }
        Ok(())
    }

    /// A linear map of the block: normal with standard deviation 0.02, biases 0 (Radford et al. 2018, section 4.1).
    pub(crate) fn linear(&self, init: &mut Init<'_>, inputs: usize, outputs: usize) -> Linear {
        self.normal_linear(init, inputs, outputs, 0.02)
    }

    /// A linear map that ends on the residual stream. `depth` blocks add 2·`depth` of them; so that the stream's
    /// variance does not grow with depth, their standard deviation is 0.02/√(2·`depth`) (Radford et al. 2019,
    /// section 2.3).
    pub(crate) fn residual_linear(&self, init: &mut Init<'_>, inputs: usize, outputs: usize, depth: usize) -> Linear {
        self.normal_linear(init, inputs, outputs, 0.02 / (2.0 * depth as f64).sqrt())
    }

    fn normal_linear(&self, init: &mut Init<'_>, inputs: usize, outputs: usize, std: f64) -> Linear {
        let bias = self.bias.then_some(Initializer::Constant(0.0));
        Linear::with(init, inputs, outputs, Initializer::Normal { std }, bias)
    }

    /// A normalisation of the stream, with a bias if the block has biases.
    pub fn layer_norm(&self, init: &mut Init<'_>) -> LayerNorm {
        if self.bias { LayerNorm::new(init, self.width) } else { LayerNorm::without_bias(init, self.width) }
    }
}

/// The function between the two maps of a feed-forward layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// x·Φ(x), exactly (Hendrycks & Gimpel 2016).
    #[default]
    Gelu,
    /// Its approximation by tanh, as in GPT-2.
    GeluTanh,
}

impl Activation {
    /// The function, applied to every element.
    pub fn apply(self, x: &Tensor) -> Tensor {
        match self {
            Activation::Gelu => x.gelu(),
            Activation::GeluTanh => x.gelu_tanh(),
        }
    }
}

/// Settings with which no model can be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A size is zero.
    #[error("the {what} is 0; it must be at least 1")]
    Zero {
        /// Which size.
        what: &'static str,
    },
    /// The heads cannot share the width.
    #[error("a width of {width} cannot be divided among {heads} heads; choose a width that is a multiple of the heads")]
    Heads {
        /// D.
        width: usize,
        /// N.
        heads: usize,
    },
    /// The dropout is no probability below one.
    #[error("a dropout of {dropout} is not possible; it must be at least 0 and below 1")]
    Dropout {
        /// What was asked for.
        dropout: f64,
    },
}
