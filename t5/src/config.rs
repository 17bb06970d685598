//! The sizes and the version of a T5.

use data::Token;
use data::pairs::{END, START};
use serde::{Deserialize, Serialize};
use transformer::{
    Activation, AttentionPositions, Biases, BlockConfig, Buckets, ConfigError, Mask, Norm, Normalization,
};

/// The architecture of a T5: everything but its parameters.
///
/// ```
/// use t5::T5Config;
/// let config = T5Config::v1_1(1000, 2, 64, 4);
/// let json = serde_json::to_string(&config)?;
/// assert_eq!(serde_json::from_str::<T5Config>(&json)?, config);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct T5Config {
    /// V, the number of different tokens, in source and target; padding, start, end and sentinels count.
    pub vocabulary: usize,
    /// The number of encoder blocks.
    pub encoder_layers: usize,
    /// The number of decoder blocks.
    pub decoder_layers: usize,
    /// What each block is, but for its mask, which is not read. Its dropout also applies to the embeddings.
    pub block: BlockConfig,
    /// How many buckets hold all distances; the encoder keeps half of them for what stands behind.
    pub buckets: usize,
    /// From which distance on all are one.
    pub max_distance: usize,
    /// Whether the output layer is the token embedding (Press & Wolf 2017), as in version 1.0, or a matrix of its own.
    pub tied_head: bool,
    /// Whether what the output layer receives is divided by √D, as in version 1.0.
    pub scaled_output: bool,
    /// What the decoder reads before the first token.
    pub start: Token,
    /// What it says after the last.
    pub end: Token,
}

impl T5Config {
    /// Version 1.0, as in the paper (section 3.1.1): L = `layers` blocks in encoder and decoder, ReLU, F = 4·D, d_k = D/N,
    /// and the token embedding as the output layer, whose scores are divided by √D. `v1_0(32_128, 12, 768, 12)` is the
    /// paper's base model, but for the dropout of 0.1.
    pub fn v1_0(vocabulary: usize, layers: usize, width: usize, heads: usize) -> Self {
        let block = T5Config::block(width, heads);
        let Buckets { number: buckets, max_distance, .. } = Buckets::t5(Mask::Causal);
        T5Config {
            vocabulary,
            encoder_layers: layers,
            decoder_layers: layers,
            block,
            buckets,
            max_distance,
            tied_head: true,
            scaled_output: true,
            start: START,
            end: END,
        }
    }

    /// Version 1.1: the feed-forward layer is gated by GELU in its tanh form (Shazeer 2020), F = 8/3·D rounded up to a
    /// multiple of 8, and the output layer is a matrix of its own that nothing scales. `v1_1(32_128, 12, 768, 12)` is the
    /// published base model.
    pub fn v1_1(vocabulary: usize, layers: usize, width: usize, heads: usize) -> Self {
        let v1_0 = T5Config::v1_0(vocabulary, layers, width, heads);
        let block = BlockConfig {
            activation: Activation::GeluTanh,
            gated: true,
            feed_forward: (8 * width).div_ceil(3).next_multiple_of(8),
            ..v1_0.block
        };
        T5Config { block, tied_head: false, scaled_output: false, ..v1_0 }
    }

    /// A block as in version 1.0: pre-norm with RMSNorm and ε = 10⁻⁶, no biases, ReLU, scores that nothing divides.
    pub fn block(width: usize, heads: usize) -> BlockConfig {
        BlockConfig {
            activation: Activation::Relu,
            mask: Mask::Bidirectional,
            norm: Norm::Pre,
            bias: Biases::NONE,
            score_scale: Some(1.0),
            normalization: Normalization::Rms { epsilon: 1e-6 },
            ..BlockConfig::new(width, heads)
        }
    }

    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let sizes = [
            ("vocabulary", self.vocabulary),
            ("number of encoder layers", self.encoder_layers),
            ("number of decoder layers", self.decoder_layers),
        ];
        if let Some((what, _)) = sizes.into_iter().find(|&(_, size)| size == 0) {
            return Err(ConfigError::Zero { what });
        }
        let vocabulary = self.vocabulary;
        for (what, token) in [("start of a text", self.start), ("end of a text", self.end)] {
            if token as usize >= vocabulary {
                return Err(ConfigError::Token { what, token, vocabulary });
            }
        }
        let nobody = |what| Err(ConfigError::Nobody { what });
        if self.block.attention_positions != AttentionPositions::None {
            return nobody("relative positions in buckets and others in its attention");
        }
        if self.block.norm == Norm::Post {
            return nobody("relative positions in buckets and normalisations behind its sublayers");
        }
        self.buckets(Mask::Bidirectional).validate()?;
        self.block.validate_with_memory()
    }

    /// How distances are put together under a mask: the encoder's is bidirectional, the decoder's causal.
    pub fn buckets(&self, mask: Mask) -> Buckets {
        Buckets { number: self.buckets, max_distance: self.max_distance, mask }
    }
}
