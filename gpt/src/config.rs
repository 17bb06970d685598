//! The sizes of a GPT.

use serde::{Deserialize, Serialize};
use transformer::{BlockConfig, ConfigError};

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
}

impl GptConfig {
    /// L = `layers` blocks of width D = `width` with N = `heads` heads, otherwise as [`BlockConfig::new`] says:
    /// nanoGPT's defaults for training from scratch, without biases and dropout.
    pub fn new(vocabulary: usize, context: usize, layers: usize, width: usize, heads: usize) -> Self {
        GptConfig { vocabulary, context, layers, block: BlockConfig::new(width, heads) }
    }

    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let sizes = [("vocabulary", self.vocabulary), ("context", self.context), ("number of layers", self.layers)];
        match sizes.into_iter().find(|&(_, size)| size == 0) {
            Some((what, _)) => Err(ConfigError::Zero { what }),
            None => self.block.validate(),
        }
    }
}
