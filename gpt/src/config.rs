//! The sizes of a GPT.

use serde::{Deserialize, Serialize};
use transformer::{AttentionPositions, BlockConfig, ConfigError};

/// The architecture of a GPT: everything but its parameters.
///
/// ```
/// use gpt::GptConfig;
/// let config = GptConfig::new(65, 64, 4, 128, 4);
/// let json = serde_json::to_string(&config)?;
/// assert_eq!(serde_json::from_str::<GptConfig>(&json)?, config);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GptConfig {
    /// V, the number of different tokens.
    pub vocabulary: usize,
    /// The longest sequence that can be read at once.
    pub context: usize,
    /// L, the number of blocks.
    pub layers: usize,
    /// What each block is. Its dropout also applies to the sum of embeddings and positions.
    pub block: BlockConfig,
    /// Whether a vector for each position is learned and added to that of the token, as in GPT-2. Where it is not, the
    /// [attention](BlockConfig::attention_positions) may tell positions apart.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub learned_positions: bool,
    /// Whether what the first block receives is normalised, as in BLOOM.
    #[serde(default, skip_serializing_if = "is_default")]
    pub embedding_norm: bool,
    /// What makes scores of the last vector.
    #[serde(default, skip_serializing_if = "is_default")]
    pub head: Head,
}

/// Whose decoder it is, among those that are trained from scratch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// GPT-2's ([`GptConfig::new`]).
    #[default]
    Gpt2,
    /// LLaMA's ([`GptConfig::llama`]).
    Llama,
}

/// The output layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Head {
    /// The token embedding, transposed (Press & Wolf 2017).
    #[default]
    Tied,
    /// A matrix of its own, as in LLaMA.
    Own,
    /// A matrix and a bias of its own, as in GPT-J.
    OwnWithBias,
}

fn yes() -> bool {
    true
}

fn is_yes(setting: &bool) -> bool {
    *setting
}

fn is_default<T: Default + PartialEq>(setting: &T) -> bool {
    *setting == T::default()
}

impl GptConfig {
    /// L = `layers` blocks of width D = `width` with N = `heads` heads, otherwise as [`BlockConfig::new`] says:
    /// nanoGPT's defaults for training from scratch, without biases and dropout.
    pub fn new(vocabulary: usize, context: usize, layers: usize, width: usize, heads: usize) -> Self {
        Self::of(vocabulary, context, layers, BlockConfig::new(width, heads))
    }

    /// The same with blocks as in LLaMA ([`BlockConfig::llama`]): rotary positions in place of learned ones, and an output
    /// layer of its own (Touvron et al. 2023, section 2.2).
    pub fn llama(vocabulary: usize, context: usize, layers: usize, width: usize, heads: usize) -> Self {
        let block = BlockConfig::llama(width, heads);
        GptConfig { learned_positions: false, head: Head::Own, ..Self::of(vocabulary, context, layers, block) }
    }

    /// With learned positions and a tied output layer.
    pub fn of(vocabulary: usize, context: usize, layers: usize, block: BlockConfig) -> Self {
        let (learned_positions, embedding_norm, head) = (true, false, Head::Tied);
        GptConfig { vocabulary, context, layers, block, learned_positions, embedding_norm, head }
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
        if self.learned_positions && self.block.attention_positions != AttentionPositions::None {
            return Err(ConfigError::Nobody { what: "learned positions and an attention that tells positions apart" });
        }
        self.block.validate()
    }
}
