//! The sizes of a BERT.

use serde::{Deserialize, Serialize};
use transformer::{AttentionPositions, BlockConfig, ConfigError, Mask, Norm, Normalization};

/// The architecture of a BERT: everything but its parameters.
///
/// ```
/// use bert::BertConfig;
/// let config = BertConfig::new(1000, 64, 4, 128, 4);
/// let json = serde_json::to_string(&config)?;
/// assert_eq!(serde_json::from_str::<BertConfig>(&json)?, config);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BertConfig {
    /// V, the number of different tokens.
    pub vocabulary: usize,
    /// The longest sequence that can be read at once.
    pub context: usize,
    /// How many kinds of tokens there are, such as those of a first and a second sentence; 0 where they are not told apart, as
    /// in DistilBERT.
    pub token_types: usize,
    /// L, the number of blocks.
    pub layers: usize,
    /// What each block is. Its activation, normalisation and dropout are also those of the embedding and of the head.
    pub block: BlockConfig,
    /// Whether it has a head that guesses words.
    pub masked_words: bool,
    /// Whether it has a layer that makes one vector of the first token's.
    pub pooler: bool,
}

impl BertConfig {
    /// L = `layers` blocks of width D = `width` with N = `heads` heads, two token types and the masked-word head, otherwise
    /// as in the paper (section 3 and appendix A.2), but without dropout.
    pub fn new(vocabulary: usize, context: usize, layers: usize, width: usize, heads: usize) -> Self {
        let block = BertConfig::block(width, heads);
        BertConfig { vocabulary, context, token_types: 2, layers, block, masked_words: true, pooler: false }
    }

    /// A block as in the paper: that of the Transformer with GELU in its exact form and ε = 10⁻¹².
    pub fn block(width: usize, heads: usize) -> BlockConfig {
        BlockConfig {
            activation: transformer::Activation::Gelu,
            normalization: Normalization::LayerNorm { epsilon: 1e-12 },
            ..BlockConfig::paper(width, heads)
        }
    }

    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let sizes = [("vocabulary", self.vocabulary), ("context", self.context), ("number of layers", self.layers)];
        if let Some((what, _)) = sizes.into_iter().find(|&(_, size)| size == 0) {
            return Err(ConfigError::Zero { what });
        }
        let nobody = |what| Err(ConfigError::Nobody { what });
        if self.block.mask == Mask::Causal {
            return nobody("hidden words to guess and a causal mask");
        }
        if self.block.norm == Norm::Pre {
            return nobody("a normalised embedding and pre-norm blocks with no normalisation behind them");
        }
        if self.block.attention_positions != AttentionPositions::None {
            return nobody("learned positions and an attention that tells positions apart");
        }
        self.block.validate()
    }
}
