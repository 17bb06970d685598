//! What a block computes.

use serde::{Deserialize, Serialize};
use tensor::Init;

use crate::normalization::Normalize;
use crate::scaled_dot_product::Heads;
use crate::{Activation, AttentionPositions, Biases, ConfigError, Mask, Normalization, Rotary};

/// The architecture of one block: everything but its parameters.
///
/// The first eight settings tell the blocks of this course apart. Those behind them came with the models that were
/// published since; where they are left as they begin, a block is GPT-2's or the paper's.
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
    /// N, the number of heads; D must be divisible by it, unless `head_width` says how wide a head is.
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
    /// Which maps have biases, and whether the normalisations have them.
    pub bias: Biases,
    /// The probability with which dropout, in training, drops each number that a sublayer adds to the stream.
    pub dropout: f64,
    /// The number of heads of keys and values, by which N must be divisible: neighbouring heads of queries share them
    /// (grouped queries, Ainslie et al. 2023; one for all, Shazeer 2019). `None`: N.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_value_heads: Option<usize>,
    /// d_k, the width of a head, if it is not D/N.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_width: Option<usize>,
    /// What scores are multiplied with, if it is not 1/√d_k. T5 has 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_scale: Option<f64>,
    /// How attention itself tells positions apart, if not by vectors that are added to those of the tokens.
    #[serde(default, skip_serializing_if = "is_default")]
    pub attention_positions: AttentionPositions,
    /// By what the stream is normalised.
    #[serde(default, skip_serializing_if = "is_default")]
    pub normalization: Normalization,
    /// Whether the two sublayers add to the stream one after the other.
    #[serde(default, skip_serializing_if = "is_default")]
    pub residual: Residuals,
    /// Whether the feed-forward layer is gated: (f(x·W_gᵀ) ⊙ x·W₁ᵀ)·W₂ᵀ (Shazeer 2020).
    #[serde(default, skip_serializing_if = "is_default")]
    pub gated: bool,
}

fn is_default<T: Default + PartialEq>(setting: &T) -> bool {
    *setting == T::default()
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
            bias: Biases::NONE,
            dropout: 0.0,
            key_value_heads: None,
            head_width: None,
            score_scale: None,
            attention_positions: AttentionPositions::None,
            normalization: Normalization::default(),
            residual: Residuals::Sequential,
            gated: false,
        }
    }

    /// A block as in the paper (Vaswani et al. 2017, section 3): F = 4·D, post-norm, ReLU, biases everywhere; all
    /// positions see each other, and nothing is dropped.
    pub fn paper(width: usize, heads: usize) -> Self {
        BlockConfig {
            activation: Activation::Relu,
            mask: Mask::Bidirectional,
            norm: Norm::Post,
            bias: Biases::ALL,
            ..BlockConfig::new(width, heads)
        }
    }

    /// A causal block as in LLaMA (Touvron et al. 2023, section 2.2): RMSNorm, rotary positions, a gated feed-forward
    /// layer with SiLU of width F = 8/3·D (rounded up to a multiple of 8), no biases.
    pub fn llama(width: usize, heads: usize) -> Self {
        BlockConfig {
            feed_forward: (8 * width).div_ceil(3).next_multiple_of(8),
            activation: Activation::Silu,
            attention_positions: AttentionPositions::Rotary(Rotary::new(width / heads.max(1))),
            normalization: Normalization::Rms { epsilon: 1e-6 },
            gated: true,
            ..BlockConfig::new(width, heads)
        }
    }

    /// Whether such a block can be built, and is one that anybody has.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let &BlockConfig { width, heads, feed_forward, dropout, .. } = self;
        let sizes = [
            ("width", width),
            ("number of heads", heads),
            ("feed-forward width", feed_forward),
            ("number of heads of keys and values", self.key_value_heads.unwrap_or(heads)),
            ("width of a head", self.head_width.unwrap_or(1)),
        ];
        if let Some((what, _)) = sizes.into_iter().find(|&(_, size)| size == 0) {
            return Err(ConfigError::Zero { what });
        }
        if self.head_width.is_none() && width % heads != 0 {
            return Err(ConfigError::Heads { width, heads });
        }
        let shared = self.key_value_heads.unwrap_or(heads);
        if heads % shared != 0 {
            return Err(ConfigError::KeyValueHeads { heads, shared });
        }
        if !(0.0..1.0).contains(&dropout) {
            return Err(ConfigError::Dropout { dropout });
        }
        if let Some(scale) = self.score_scale.filter(|scale| !(scale.is_finite() && *scale > 0.0)) {
            return Err(ConfigError::ScoreScale { scale });
        }
        if self.residual != Residuals::Sequential && self.norm == Norm::Post {
            return Err(ConfigError::Nobody { what: "sublayers side by side with normalisations behind them" });
        }
        if self.normalization.is_rms() && self.bias.norm {
            return Err(ConfigError::Nobody { what: "an RMSNorm with a bias" });
        }
        if self.gated && self.activation == Activation::Relu {
            return Err(ConfigError::Nobody { what: "a feed-forward layer that is gated by ReLU" });
        }
        self.normalization.validate()?;
        self.attention_positions.validate(self.head_width(), self.mask)
    }

    /// Whether a [block that looks at a memory too](crate::DecoderBlock) can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate_with_memory(&self) -> Result<(), ConfigError> {
        if self.residual != Residuals::Sequential {
            return Err(ConfigError::Nobody { what: "a decoder that looks at a memory and sublayers side by side" });
        }
        self.validate()
    }

    /// d_k, the width of a head.
    pub fn head_width(&self) -> usize {
        self.head_width.unwrap_or(self.width / self.heads)
    }

    /// How the columns of queries, keys and values are divided.
    pub fn heads(&self) -> Heads {
        let BlockConfig { heads, key_value_heads, score_scale, .. } = *self;
        Heads { queries: heads, keys: key_value_heads.unwrap_or(heads), scale: score_scale }
    }

    /// A normalisation of the stream, with a bias if the block's normalisations have one.
    pub fn normalize(&self, init: &mut Init<'_>) -> Normalize {
        Normalize::new(init, self.normalization, self.width, self.bias.norm)
    }
}

/// How the two sublayers add to the stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Residuals {
    /// One after the other: the feed-forward layer sees what attention has added.
    #[default]
    Sequential,
    /// Side by side, from one normalisation: x + MultiHead(Norm(x)) + FeedForward(Norm(x)), as in GPT-J (Wang &
    /// Komatsuzaki 2021).
    Parallel,
    /// Side by side, each with its own normalisation: x + MultiHead(Norm₁(x)) + FeedForward(Norm₂(x)), as in GPT-NeoX
    /// (Black et al. 2022, section 2.1).
    ParallelTwoNorms,
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
