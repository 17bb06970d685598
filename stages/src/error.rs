//! Why a model cannot be built.

use report::format;

/// A configuration that no model can have.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// What is impossible in a recurrent model.
    #[error(transparent)]
    Recurrent(#[from] rnn::ConfigError),
    /// What is impossible in an encoder-decoder.
    #[error(transparent)]
    Seq2Seq(#[from] seq2seq::ConfigError),
    /// What is impossible in a Transformer.
    #[error(transparent)]
    Transformer(#[from] transformer::ConfigError),
    /// What is impossible in a translator that looks back.
    #[error(transparent)]
    Attention(#[from] attention::ConfigError),
    /// More parameters than memory holds.
    #[error("such a model has {} parameters, and at most {} can be trained here; choose a smaller width or fewer layers",
        format::number(*.0 as f64, 2), format::number(MOST_PARAMETERS as f64, 2))]
    TooLarge(u128),
}

/// Four numbers are kept of each parameter in training, so these are 16 GB.
const MOST_PARAMETERS: u128 = 1_000_000_000;

/// Whether memory holds so many parameters in training.
pub(crate) fn buildable(count: u128) -> Result<(), ConfigError> {
    if count > MOST_PARAMETERS { Err(ConfigError::TooLarge(count)) } else { Ok(()) }
}
