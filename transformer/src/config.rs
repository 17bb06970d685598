//! What a block computes.

use nn::LayerNorm;
use serde::{Deserialize, Serialize};
use tensor::{Init, Tensor};

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
    /// Where the normalisations stand.
    #[serde(default)]
    pub norm: Norm,
    /// Whether the linear maps and the normalisations have biases.
    pub bias: bool,
    /// The probability with which dropout, in training, drops each number that a sublayer adds to the stream.
    pub dropout: f64,
}

impl BlockConfig {
    /// A causal block as in nanoGPT: F = 4·D, pre-norm, GELU in its exact form, no biases, no dropout.
    pub fn new(width: usize, heads: usize) -> Self {
        BlockConfig {
            width,
            heads,
            feed_forward: 4 * width,
            activation: Activation::Gelu,
            mask: Mask::Causal,
            norm: Norm::Pre,
            bias: false,
            dropout: 0.0,
        }
    }

    /// A block as in the paper (Vaswani et al. 2017, section 3): F = 4·D, post-norm, ReLU, biases everywhere; all
    /// positions see each other, and nothing is dropped.
    pub fn paper(width: usize, heads: usize) -> Self {
        BlockConfig {
            activation: Activation::Relu,
            mask: Mask::Bidirectional,
            norm: Norm::Post,
            bias: true,
            ..BlockConfig::new(width, heads)
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

    /// A normalisation of the stream, with a bias if the block has biases.
    pub fn layer_norm(&self, init: &mut Init<'_>) -> LayerNorm {
        if self.bias { LayerNorm::new(init, self.width) } else { LayerNorm::without_bias(init, self.width) }
    }
}

/// Where the normalisation of a sublayer f stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Norm {
    /// Before it: x ← x + f(LayerNorm(x)), as since GPT-2 (Radford et al. 2019, section 2.3). From the first layer to
    /// the last leads a path of additions alone, which trains without careful warm-up (Xiong et al. 2020).
    #[default]
    Pre,
    /// After the addition: x ← LayerNorm(x + f(x)), as in the paper (section 3.1).
    Post,
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
    /// max(x, 0), as in the paper (equation 2).
    Relu,
}

impl Activation {
    /// The function, applied to every element.
    pub fn apply(self, x: &Tensor) -> Tensor {
        match self {
            Activation::Gelu => x.gelu(),
            Activation::GeluTanh => x.gelu_tanh(),
            Activation::Relu => x.relu(),
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
    /// The label smoothing is no probability below one.
    #[error("a label smoothing of {smoothing} is not possible; it must be at least 0 and below 1")]
    LabelSmoothing {
        /// What was asked for.
        smoothing: f64,
    },
    /// Two vocabularies cannot share one table.
    #[error(
        "{source_tokens} source tokens and {target_tokens} target tokens cannot share one table of embeddings; use one vocabulary for both or share less"
    )]
    Vocabularies {
        /// V of the source.
        source_tokens: usize,
        /// V of the target.
        target_tokens: usize,
    },
}
